package dev.holdfast.control.access;

/** Makes foreign text harmless where it is kept or shown in lines. */
final class Plain {
    private Plain() {}

    /**
     * The text with everything that could break a line, move a cursor or turn the direction of writing shown as
     * <code>&#92;u001b</code>, and cut at a length. Done twice it is as done once.
     */
    static String text(String text, int most) {
        StringBuilder plain = new StringBuilder(Math.min(text.length(), most));
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            String shown = shown(text.codePointAt(i));
            if (plain.length() + shown.length() > most) {
                break;
            }
            plain.append(shown);
        }
        return plain.toString();
    }

    private static String shown(int c) {
        if (isHarmless(c)) {
            return Character.toString(c);
        }
        StringBuilder escaped = new StringBuilder();
        for (char unit : Character.toChars(c)) {
            escaped.append("\\u%04x".formatted((int) unit));
        }
        return escaped.toString();
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
