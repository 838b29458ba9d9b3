package dev.holdfast.control.notify;

import java.nio.charset.StandardCharsets;

/** Text cut to what a channel takes, never inside a character. */
final class Cut {
    private static final String DOTS = "...";

    private Cut() {}

    /** The beginning, at most so many UTF-16 units long; ends with three dots if something is missing. */
    static String to(String text, int most) {
        return text.length() <= most ? text : whole(text, Math.max(0, most - DOTS.length())) + DOTS;
    }

    /** The beginning, at most so many bytes of UTF-8; ends with three dots if something is missing. */
    static String toBytes(String text, int most) {
        if (bytes(text) <= most) {
            return text;
        }
        int end = Math.min(text.length(), most);
        while (end > 0 && bytes(whole(text, end)) > most - DOTS.length()) {
            end--;
        }
        return whole(text, end) + DOTS;
    }

    /** The end, at most so many bytes of UTF-8, from the beginning of a line where there is one. */
    static String tail(String text, int most) {
        if (bytes(text) <= most) {
            return text;
        }
        int begin = Math.max(0, text.length() - most);
        while (begin < text.length() && bytes(text.substring(begin)) > most) {
            begin++;
        }
        if (begin < text.length() && Character.isLowSurrogate(text.charAt(begin))) {
            begin++;
        }
        int line = text.indexOf('\n', begin);
        return line < 0 || line == text.length() - 1 ? text.substring(begin) : text.substring(line + 1);
    }

    private static String whole(String text, int end) {
        boolean split = end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1));
        return text.substring(0, split ? end - 1 : end);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
