package dev.holdfast.connectors.files;

import java.io.IOException;
import java.nio.file.Path;

/** The directory that a path given by a person means. */
final class Roots {
    private Roots() {}

    /** The bytes of the path with its links followed, or of the path itself where there is nothing yet. */
    static byte[] resolved(Path path) {
        try {
            return RawPath.of(path.toRealPath());
        } catch (IOException e) {
            return RawPath.of(path);
        }
    }
}
