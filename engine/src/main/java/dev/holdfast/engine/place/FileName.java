package dev.holdfast.engine.place;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.nio.charset.StandardCharsets;

/**
 * The name of a file in a place: one or more segments separated by {@code /}, relative, never leading out of the place.
 *
 * @param text 1 to 900 bytes of UTF-8, each segment 1 to 240; no {@code .} or {@code ..} as a segment, no backslash, no control character
 */
public record FileName(String text) implements Comparable<FileName> {
    private static final int MOST_BYTES = 900;
    private static final int MOST_SEGMENT_BYTES = 240;

    /**
     * @throws Invalid (USAGE) if it is none
     */
    public FileName {
        if (text.isEmpty() || bytes(text) > MOST_BYTES) {
            throw invalid(text, "it has to have 1 to " + MOST_BYTES + " bytes");
        }
        for (String segment : text.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw invalid(text, "'" + segment + "' is no name in it");
            }
            if (bytes(segment) > MOST_SEGMENT_BYTES) {
                throw invalid(text, "a name in it has more than " + MOST_SEGMENT_BYTES + " bytes");
            }
        }
        if (text.chars().anyMatch(c -> Character.isISOControl(c) || c == '\\' || c == 0x2028 || c == 0x2029)) {
            throw invalid(text, "it has a character that no name may have");
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static Invalid invalid(String text, String why) {
        String shown = text.codePoints()
                .limit(100)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return new Invalid(
                ErrorCode.USAGE,
                "'" + shown + "' cannot be the name of an exported file: " + why,
                "change the pattern that names it.");
    }

    /** The last segment. */
    public String last() {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    /** The same with something at its end, such as {@code .sha256}. */
    public FileName with(String ending) {
        return new FileName(text + ending);
    }

    @Override
    public int compareTo(FileName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
