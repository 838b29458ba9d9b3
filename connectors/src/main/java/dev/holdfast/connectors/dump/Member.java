package dev.holdfast.connectors.dump;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Something in a tar or zip, as its header tells it; nothing of it is believed.
 *
 * @param kind what it is
 * @param name with its folders; a character for each byte
 * @param target where a link leads to; a character for each byte; empty if it is none
 * @param mode permissions, as {@code chmod} takes them
 * @param modified when it was changed last; empty if nothing says
 */
public record Member(Kind kind, String name, String target, int mode, Optional<Instant> modified) {
    /** What there may be in an archive. */
    public enum Kind {
        FILE,
        FOLDER,
        SYMBOLIC_LINK,
        HARD_LINK,
        /** A device, pipe or socket. */
        SPECIAL
    }

    /** A name as it was written. */
    public static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A name for people. */
    public static String shown(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }
}
