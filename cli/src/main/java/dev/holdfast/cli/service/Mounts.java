package dev.holdfast.cli.service;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Tells where the file system begins that a folder is on, or would be on if it was made now. */
@FunctionalInterface
interface Mounts {
    /** Empty if nobody knows. */
    Optional<Path> of(Path folder);

    /** Those of this machine. */
    static Optional<Path> ofMachine(Path folder) {
        try {
            Path there = folder.toAbsolutePath().normalize();
            while (!Files.exists(there)) {
                Path parent = there.getParent();
                if (parent == null) {
                    return Optional.empty();
                }
                there = parent;
            }
            return Optional.of(top(there.toRealPath()));
        } catch (IOException e) {
            // a system that does not tell: then nothing is made on a guess
            return Optional.empty();
        }
    }

    private static Path top(Path there) throws IOException {
        FileStore store = Files.getFileStore(there);
        Path top = there;
        for (Path parent = there.getParent();
                parent != null && Files.getFileStore(parent).equals(store);
                parent = parent.getParent()) {
            top = parent;
        }
        return top;
    }
}
