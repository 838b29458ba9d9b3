/**
 * Which chunk is in which pack: index runs as files, and the table they are loaded into. Invariant: the table lies outside the
 * heap and costs at most 56 bytes a chunk.
 */
@NullMarked
package dev.holdfast.engine.index;

import org.jspecify.annotations.NullMarked;
