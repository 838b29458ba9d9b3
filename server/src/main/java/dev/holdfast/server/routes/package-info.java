/**
 * The table of routes: what each call means in the words of control. Each class has the routes of one subject. Invariant: a
 * route decides nothing that control decides; it names who may, asks, and translates.
 */
@NullMarked
package dev.holdfast.server.routes;

import org.jspecify.annotations.NullMarked;
