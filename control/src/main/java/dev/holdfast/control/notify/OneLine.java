package dev.holdfast.control.notify;

/** Text cut and cleaned for a place that takes one line. */
final class OneLine {
    private OneLine() {}

    /** Control characters and line ends become spaces; what is longer is cut and ends with three dots. */
    static String of(String text, int most) {
        String clean = text.codePoints()
                .map(c -> isBreak(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return Cut.to(clean, most);
    }

    private static boolean isBreak(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
