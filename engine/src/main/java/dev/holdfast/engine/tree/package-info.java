/**
 * The sorted tree of entries that every part of a snapshot is, over raw keys: a bucket with a billion keys and a deep
 * directory alike. Node encoding, boundaries and cursors live here; where nodes are kept does not. Invariant: the tree of a
 * given sequence of entries is the same however it was built, so equal parts share all their nodes.
 */
@NullMarked
package dev.holdfast.engine.tree;

import org.jspecify.annotations.NullMarked;
