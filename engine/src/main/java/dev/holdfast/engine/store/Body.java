package dev.holdfast.engine.store;

import java.nio.file.Path;

/** The bytes of an object to be created; every body can be read several times, so a write can be retried. */
public sealed interface Body {
    /** Length in bytes. */
    long bytes();

    /** A small object held in memory. */
    record InMemory(byte[] content) implements Body {
        @Override
        public long bytes() {
            return content.length;
        }
    }

    /**
     * A finished file.
     *
     * @param path where it is; it does not change until the write has returned
     * @param bytes its length
     * @param adoptable whether a store on the same file system may keep this very file (a hard link) instead of a copy
     */
    record InFile(Path path, long bytes, boolean adoptable) implements Body {}

    static Body of(byte[] content) {
        return new InMemory(content);
    }
}
