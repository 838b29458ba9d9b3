/**
 * End-to-end tests and the rules between modules; nothing here ships.
 */
@NullMarked
package dev.holdfast.it;

import org.jspecify.annotations.NullMarked;
