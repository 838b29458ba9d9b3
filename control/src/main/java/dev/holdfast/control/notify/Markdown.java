package dev.holdfast.control.notify;

/** Text that is to stand in Markdown as it is. */
final class Markdown {
    private static final String ANYWHERE = "\\`*_[]~|";
    private static final String AT_THE_BEGINNING = "#>+-=";
    private static final char ZERO_WIDTH = '\u200b';

    private Markdown() {}

    /** With a backslash before what would be markup, and so that nobody is mentioned. */
    static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        boolean beginning = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (ANYWHERE.indexOf(c) >= 0 || (beginning && AT_THE_BEGINNING.indexOf(c) >= 0)) {
                out.append('\\');
            }
            out.append(c);
            if (c == '@') {
                out.append(ZERO_WIDTH);
            }
            beginning = c == '\n' || (beginning && Character.isWhitespace(c));
        }
        return out.toString();
    }

    /** The same, at most so long; no escape is cut. */
    static String escaped(String text, int most) {
        int length = most;
        String escaped = escaped(Cut.to(text, length));
        while (escaped.length() > most) {
            length -= Math.max(1, (escaped.length() - most) / 2);
            escaped = escaped(Cut.to(text, length));
        }
        return escaped;
    }
}
