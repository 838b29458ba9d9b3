/**
 * The stacks a server knows, from files, from the environment and made in the dashboard, and the listing of their snapshots. What
 * a stack file means lives in {@code config}. Invariant: removing a stack, or losing this listing, never touches a backup.
 */
@NullMarked
package dev.holdfast.control.stack;

import org.jspecify.annotations.NullMarked;
