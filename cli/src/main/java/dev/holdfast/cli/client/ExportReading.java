package dev.holdfast.cli.client;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.ExportFile;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An export as a server sends it: frames of a byte that says what it is (0 the next bytes of the file, 1 a JSON document, 2 eight
 * bytes of position and bytes that replace those there), four bytes of length (big-endian), and so many bytes.
 */
public final class ExportReading {
    private static final int FILE = 0;
    private static final int NEWS = 1;
    private static final int PATCH = 2;
    private static final int MOST_BYTES = 16 * 1024 * 1024;

    private final DataInputStream in;
    private final ExportFile file;
    private final Consumer<JsonNode> progress;
    private long written;

    /**
     * @param file what comes is written to it; not committed
     * @param progress hears how far it is
     */
    public ExportReading(InputStream in, ExportFile file, Consumer<JsonNode> progress) {
        this.in = new DataInputStream(in);
        this.file = file;
        this.progress = progress;
    }

    /**
     * Reads to the end.
     *
     * @return the report, which says that all of it came
     * @throws HoldfastException why the server could not make it whole, or the file not be written
     * @throws IOException if it was cut
     */
    public JsonNode toEnd() throws IOException {
        while (true) {
            int kind = in.read();
            if (kind < 0) {
                throw new EOFException("it ended before its end");
            }
            byte[] bytes = new byte[length()];
            in.readFully(bytes);
            switch (kind) {
                case FILE -> {
                    file.write(bytes, 0, bytes.length);
                    written += bytes.length;
                }
                case PATCH -> patch(bytes);
                case NEWS -> {
                    JsonNode news = news(bytes);
                    if (news.path("report").isObject()) {
                        return whole(news.path("report"));
                    }
                    hear(news);
                }
                default -> throw new IOException("a frame of an unknown kind " + kind);
            }
        }
    }

    private static JsonNode news(byte[] bytes) throws IOException {
        try {
            return JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            throw new IOException("a frame that cannot be understood", e);
        }
    }

    private int length() throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("a frame of " + length + " bytes");
        }
        return length;
    }

    private void patch(byte[] bytes) throws IOException {
        if (bytes.length < Long.BYTES) {
            throw new IOException("a change without a position");
        }
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        long position = frame.getLong();
        byte[] rest = new byte[frame.remaining()];
        if (position < 0 || position + rest.length > written) {
            throw new IOException("a change of what did not come");
        }
        frame.get(rest);
        file.patch(position, rest);
    }

    private void hear(JsonNode news) {
        if (news.path("error").isObject()) {
            throw Answers.failure(news.path("error"));
        }
        progress.accept(news.path("progress"));
    }

    private JsonNode whole(JsonNode report) throws IOException {
        long promised = report.path("fileBytes").asLong(-1);
        if (promised != written) {
            throw new IOException(written + " of " + promised + " bytes came");
        }
        return report;
    }
}
