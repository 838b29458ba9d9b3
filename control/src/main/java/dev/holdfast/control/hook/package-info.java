/**
 * Commands and HTTP calls of the user's own before and after a run, and what their failure means. Which runs there are lives
 * elsewhere. Invariant: a hook is over when its time limit is, and what it started ends with it if it did not end by itself.
 */
@NullMarked
package dev.holdfast.control.hook;

import org.jspecify.annotations.NullMarked;
