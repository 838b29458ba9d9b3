package dev.holdfast.server.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rest of a body that an answer does not wait for. A connection with such a rest cannot serve another call: the web server would
 * close it after the answer, unannounced, and the client's next call on it would get none. So a short rest is read, and before a
 * longer one the client is told that the connection ends (RFC 9112, 9.6).
 */
final class UnreadBody {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadBody.class);
    private static final int MOST_BYTES = 64 << 10;
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private UnreadBody() {}

    /** Called before an answer is begun. */
    static void settle(Context context) {
        if (!isShort(context)) {
            context.header("Connection", "close");
        }
    }

    private static boolean isShort(Context context) {
        if (context.req().getContentLengthLong() > MOST_BYTES) {
            return wasRead(context);
        }
        try {
            InputStream rest = context.req().getInputStream();
            byte[] buffer = new byte[8 << 10];
            long began = System.nanoTime();
            int bytes = 0;
            for (int read = rest.read(buffer); read >= 0; read = rest.read(buffer)) {
                bytes += read;
                if (bytes > MOST_BYTES || System.nanoTime() - began > LONGEST.toNanos()) {
                    return false;
                }
            }
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.debug("the rest of a body cannot be read", e);
            return false;
        }
    }

    private static boolean wasRead(Context context) {
        try {
            return context.req().getInputStream().isFinished();
        } catch (IOException e) {
            LOG.debug("the body cannot be read", e);
            return false;
        }
    }
}
