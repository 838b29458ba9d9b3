package dev.holdfast.connectors.files;

import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;

/** The name of a file that is not whole yet: {@code .holdfast-<uuid>.part}, beside what it will be. */
final class Unfinished {
    private static final Pattern NAME =
            Pattern.compile("\\.holdfast-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\.part");

    private Unfinished() {}

    /** A new one. */
    static Path beside(Path path) {
        return path.resolveSibling(".holdfast-" + UUID.randomUUID() + ".part");
    }

    static boolean is(String segment) {
        return NAME.matcher(segment).matches();
    }

    static boolean is(Path path) {
        Path last = path.getFileName();
        return last != null && is(last.toString());
    }
}
