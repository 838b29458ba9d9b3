package dev.holdfast.connectors.archive;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which names a format can hold, so that they can be unpacked too.
 *
 * @param text whether a name has to be UTF-8
 * @param plain whether control characters and backslashes are refused
 * @param segmentBytes longest name between two slashes
 * @param totalBytes longest name as a whole
 * @param folded whether names that differ only in the case of letters are one
 */
record NameRule(boolean text, boolean plain, int segmentBytes, int totalBytes, boolean folded) {
    /** What a file system takes. */
    static final NameRule TAR = new NameRule(false, false, 255, 4000, false);

    static final NameRule ZIP = new NameRule(true, false, 255, 4000, false);

    /** What {@link dev.holdfast.engine.place.FileName} takes, behind a prefix. */
    static NameRule tree(int prefixBytes) {
        return new NameRule(true, true, 240, 900 - prefixBytes, true);
    }

    /** Why this cannot stand between two slashes; null if it can. */
    @Nullable
    String objection(byte[] segment) {
        if (segment.length == 0) {
            return "has an empty name between slashes";
        }
        if (isDots(segment)) {
            return "has '.' or '..' between slashes";
        }
        if (segment.length > segmentBytes) {
            return "has more than " + segmentBytes + " bytes between slashes";
        }
        return oddity(segment);
    }

    private static boolean isDots(byte[] segment) {
        return segment[0] == '.' && (segment.length == 1 || (segment.length == 2 && segment[1] == '.'));
    }

    private @Nullable String oddity(byte[] segment) {
        for (byte b : segment) {
            if (b == 0) {
                return "has a zero byte";
            }
        }
        if (!text) {
            return null;
        }
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(segment))
                    .toString();
            boolean odd =
                    decoded.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\' || c == 0x2028 || c == 0x2029);
            if (plain && decoded.startsWith(".holdfast-") && decoded.endsWith(".part")) {
                // places neither take nor list such names
                return "is a name of files that are not finished";
            }
            return plain && odd ? "has a control character or a backslash" : null;
        } catch (CharacterCodingException e) {
            return "is no text in UTF-8";
        }
    }
}
