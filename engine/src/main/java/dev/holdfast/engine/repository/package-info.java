/**
 * The repository as its users see it: open, write a snapshot, read one, check, forget, prune, bring destinations level. How
 * bytes are laid out in files lives in {@code pack}, {@code index} and {@code tree}; what a source means lives in the
 * connectors. Invariant: a snapshot exists exactly if its commit record does, and then everything it needs is in the same
 * store.
 */
@NullMarked
package dev.holdfast.engine.repository;

import org.jspecify.annotations.NullMarked;
