package dev.holdfast.connectors.postgres.wire;

import java.nio.ByteBuffer;

/** The bytes as they are. */
final class PlainLayer implements Layer {
    private final Line line;

    PlainLayer(Line line) {
        this.line = line;
    }

    @Override
    public int read(ByteBuffer into) throws WireException {
        return line.read(into);
    }

    @Override
    public void write(ByteBuffer from) throws WireException {
        line.write(from);
    }

    @Override
    public boolean flush() {
        return true;
    }

    /** The kernel is given memory outside the heap: from within it, Java would copy once more. */
    @Override
    public ByteBuffer newBuffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes);
    }

    @Override
    public void end() {}
}
