/**
 * HTTP in front of control. Empty until the dashboard is built.
 */
@NullMarked
package dev.holdfast.server;

import org.jspecify.annotations.NullMarked;
