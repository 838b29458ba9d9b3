/**
 * What is kept of a stack as ordinary files: what its exports are, how their files are named, what is known of them in each place, and
 * what of them stays. Nothing here reaches a foreign system but through {@code FilePlace} and {@code ExportFile}. Invariant: nothing is
 * ever removed from a place that its ledger does not name with the length and the digest that are there.
 */
@NullMarked
package dev.holdfast.control.export;

import org.jspecify.annotations.NullMarked;
