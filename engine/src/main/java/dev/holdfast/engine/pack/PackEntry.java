package dev.holdfast.engine.pack;

import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.tree.ChunkId;

/**
 * One blob in a pack's directory.
 *
 * @param id its chunk's id
 * @param type what it is
 * @param offset where its sealed bytes begin in the pack
 * @param storedBytes how many sealed bytes
 * @param rawBytes how many plain bytes
 */
public record PackEntry(ChunkId id, BlobType type, int offset, int storedBytes, int rawBytes) {}
