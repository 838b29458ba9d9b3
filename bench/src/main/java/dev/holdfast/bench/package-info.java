/**
 * Measures Holdfast beside the tools that people use today; nothing here ships. Holdfast is run as its users run it, by its
 * launcher; only the servers of the demo are shared. Invariant: a number is printed only after every command succeeded and
 * every result was checked.
 */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
