package dev.holdfast.connectors.postgres;

/** Counts the rows of {@code COPY} text as it goes by, to the line {@code \.} that ends it. For one thread. */
final class CopyLines {
    private long passed;
    private long rows;
    private long lineBytes;
    private boolean backslash;
    private boolean dot;
    private boolean ended;
    private boolean more;

    void take(byte[] bytes, int offset, int length) {
        passed += length;
        for (int i = offset; i < offset + length; i++) {
            byte b = bytes[i];
            if (ended) {
                more |= b != '\n' && b != '\r';
            } else if (b == '\n') {
                ended = lineBytes == 2 && backslash && dot;
                rows += ended ? 0 : 1;
                lineBytes = 0;
            } else if (lineBytes++ == 0) {
                backslash = b == '\\';
            } else if (lineBytes == 2) {
                dot = b == '.';
            } else {
                // a carriage return before the end of the line belongs to it
                lineBytes -= b == '\r' && lineBytes == 3 && backslash && dot ? 1 : 0;
            }
        }
    }

    /** How many bytes went by. */
    long bytes() {
        return passed;
    }

    long rows() {
        return rows;
    }

    /** Whether the line that ends it was there, and nothing behind it. */
    boolean whole() {
        return ended && !more;
    }
}
