/**
 * What is known of a backup file from beside it, and what becomes of it when it is verified. Invariant: nothing is called whole of which
 * something was not looked at.
 */
@NullMarked
package dev.holdfast.control.verify;

import org.jspecify.annotations.NullMarked;
