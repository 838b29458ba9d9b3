package dev.holdfast.connectors.postgres.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps what it is given. */
final class Rows implements RowSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long count;
    private boolean within;

    @Override
    public void bytes(byte[] buffer, int offset, int length, boolean endsRow) {
        bytes.write(buffer, offset, length);
        count += endsRow ? 1 : 0;
        within = !endsRow;
    }

    long count() {
        return count;
    }

    boolean isWithinRow() {
        return within;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
