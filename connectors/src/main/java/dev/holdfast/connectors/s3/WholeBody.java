package dev.holdfast.connectors.s3;

import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.tree.Content;
import java.io.FilterInputStream;
import java.io.IOException;
import java.util.Objects;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The body of an answer that ends only where its headers said it would: anything else is an {@link IOException}, never a
 * short body. Closed before its end it gives up the connection instead of reading on. For one thread.
 */
final class WholeBody extends FilterInputStream {
    private static final int BUFFER_BYTES = 64 << 10;

    private final ResponseInputStream<GetObjectResponse> body;
    private final long expected;
    private long done;
    private boolean ended;

    WholeBody(ResponseInputStream<GetObjectResponse> body) {
        super(body);
        this.body = body;
        expected = Objects.requireNonNull(body.response().contentLength(), "no Content-Length");
    }

    GetObjectResponse response() {
        return body.response();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = body.read(bytes, offset, length);
        if (read >= 0) {
            done += read;
        } else if (done == expected) {
            ended = true;
        }
        if (done > expected || (read < 0 && done < expected)) {
            throw new IOException(done + " bytes came instead of " + expected);
        }
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        return bytes <= 0 ? 0 : readNBytes((int) Math.min(bytes, BUFFER_BYTES)).length;
    }

    /** Writes all of it and closes it. */
    Content copyTo(ContentWriter writer) throws IOException {
        try (this) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = read(buffer); read >= 0; read = read(buffer)) {
                writer.write(buffer, 0, read);
            }
            return writer.finish();
        }
    }

    @Override
    public void close() throws IOException {
        if (!ended) {
            body.abort();
        }
        body.close();
    }
}
