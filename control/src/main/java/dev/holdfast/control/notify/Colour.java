package dev.holdfast.control.notify;

/** The colour of a message. */
final class Colour {
    private Colour() {}

    static int rgb(Urgency urgency) {
        return switch (urgency) {
            case GOOD -> 0x2E7D32;
            case WARNING -> 0xF9A825;
            case URGENT -> 0xC62828;
        };
    }

    static String hex(Urgency urgency) {
        return String.format("#%06X", rgb(urgency));
    }
}
