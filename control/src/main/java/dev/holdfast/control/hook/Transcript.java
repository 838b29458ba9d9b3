package dev.holdfast.control.hook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Passes what a hook says on to a log, line by line, up to a limit; the rest is read and dropped, so that nobody is held up by
 * a full pipe. For one thread.
 */
final class Transcript {
    static final int MOST_BYTES = 64 * 1024;
    static final int MOST_BYTES_A_LINE = 4096;

    private final HookLog log;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int bytes;
    private boolean full;

    Transcript(HookLog log) {
        this.log = log;
    }

    void copy(InputStream output) throws IOException {
        byte[] buffer = new byte[8192];
        for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
            for (int i = 0; i < count && !full; i++) {
                take(buffer[i]);
            }
        }
        end();
    }

    private void take(byte b) {
        if (b == '\n' || line.size() == MOST_BYTES_A_LINE) {
            end();
        }
        if (b != '\n' && b != '\r') {
            line.write(b);
        }
        if (++bytes == MOST_BYTES) {
            end();
            log.line("  (more was said; only the first " + MOST_BYTES / 1024 + " KiB are kept)");
            full = true;
        }
    }

    private void end() {
        if (line.size() > 0) {
            log.line("  " + printable(line.toString(StandardCharsets.UTF_8)));
            line.reset();
        }
    }

    /** Nothing that moves a terminal's cursor or forges a line. */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cc}\\u2028\\u2029]", " ");
    }
}
