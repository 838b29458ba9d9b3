package dev.holdfast.engine.tree;

/** Where tree nodes are kept: written once, read by their id. Safe for many threads. */
public interface NodeStore {
    /** Stores a node and gives its id; a node that is already there is not stored again. */
    ChunkId put(byte[] node);

    /**
     * @throws dev.holdfast.engine.error.Damaged if the node is missing or not what was written
     */
    byte[] get(ChunkId id);
}
