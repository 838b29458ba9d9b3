package dev.holdfast.connectors.postgres;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Gives SQL of pg_dump to psql without the few lines that this psql, or this server, does not know. Everything else goes through byte for
 * byte. For one thread.
 */
final class ScriptFeed {
    private static final int LONGEST_SPECIAL = 256;

    /** So near to the beginning of a dump stand its settings. */
    private static final int HEAD_LINES = 60;

    private final OutputStream out;
    private final boolean dropsRestrict;
    private final boolean dropsTimeout;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean passing;
    private String key = "";
    private int headLines;

    /**
     * @param dropsRestrict whether what the dump says to restrict psql is left out
     * @param dropsTimeout whether the server does not know {@code transaction_timeout}
     */
    ScriptFeed(OutputStream out, boolean dropsRestrict, boolean dropsTimeout) {
        this.out = out;
        this.dropsRestrict = dropsRestrict;
        this.dropsTimeout = dropsTimeout;
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        for (int i = offset; i < offset + length; i++) {
            boolean ends = bytes[i] == '\n';
            if (!passing && (ends || line.size() + i + 1 - from > LONGEST_SPECIAL)) {
                line.write(bytes, from, i + 1 - from);
                from = i + 1;
                if (!ends || !isLeftOut(line.toString(StandardCharsets.ISO_8859_1))) {
                    line.writeTo(out);
                }
                line.reset();
                passing = !ends;
            } else if (ends) {
                out.write(bytes, from, i + 1 - from);
                from = i + 1;
                passing = false;
            }
        }
        if (passing) {
            out.write(bytes, from, offset + length - from);
        } else {
            line.write(bytes, from, offset + length - from);
        }
    }

    void end() throws IOException {
        line.writeTo(out);
    }

    private boolean isLeftOut(String text) {
        String words = text.strip();
        if (words.startsWith("-- PostgreSQL database")) {
            headLines = HEAD_LINES;
        }
        headLines--;
        if (dropsTimeout && headLines > 0 && words.equals("SET transaction_timeout = 0;")) {
            return true;
        }
        if (!dropsRestrict) {
            return false;
        }
        if (key.isEmpty() && headLines > 0 && words.matches("\\\\restrict [A-Za-z0-9]+")) {
            key = words.substring(words.indexOf(' '));
            return true;
        }
        return !key.isEmpty() && (words.equals("\\unrestrict" + key) || words.equals("\\restrict" + key));
    }
}
