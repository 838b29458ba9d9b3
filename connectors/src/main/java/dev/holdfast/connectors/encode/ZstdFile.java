package dev.holdfast.connectors.encode;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.source.ExportFile;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * A file as by {@code zstd} (RFC 8878): one frame with a checksum, and the length of the content where it is known. Not committed, it
 * stays cut, so that nobody takes it for whole. Holds up to about 10 MiB outside the heap at level 9, and 90 MiB at 19. For one thread.
 */
public final class ZstdFile extends EncodedFile {
    private static final int BUFFER_BYTES = 128 * 1024;

    private final ZstdCompressCtx context = new ZstdCompressCtx();
    private final ByteBuffer plain = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer compressed = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final byte[] out = new byte[BUFFER_BYTES];
    private final OptionalLong expected;
    private long taken;
    private boolean closed;

    /**
     * @param level 1 (fast) to 19 (small)
     * @param bytes exactly how many will be written, if that is known
     */
    public ZstdFile(ExportFile file, int level, OptionalLong bytes) {
        super(file);
        if (level < 1 || level > 19) {
            throw new IllegalArgumentException("zstd 1 to 19, not " + level);
        }
        expected = bytes;
        context.setLevel(level).setChecksum(true).setContentSize(true);
        bytes.ifPresent(context::setPledgedSrcSize);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        taken += length;
        if (expected.isPresent() && taken > expected.getAsLong()) {
            throw wrongLength();
        }
        int from = offset;
        while (from < offset + length) {
            int step = Math.min(plain.remaining(), offset + length - from);
            plain.put(bytes, from, step);
            from += step;
            if (!plain.hasRemaining()) {
                pass(EndDirective.CONTINUE);
            }
        }
    }

    private void pass(EndDirective directive) {
        plain.flip();
        boolean done = false;
        while (!done) {
            boolean flushed = context.compressDirectByteBufferStream(compressed, plain, directive);
            compressed.flip();
            int length = compressed.remaining();
            compressed.get(out, 0, length);
            compressed.clear();
            file().write(out, 0, length);
            done = directive == EndDirective.END ? flushed : !plain.hasRemaining();
        }
        plain.clear();
    }

    @Override
    public void commit() {
        if (expected.isPresent() && taken != expected.getAsLong()) {
            throw wrongLength();
        }
        pass(EndDirective.END);
        file().commit();
    }

    private Failed wrongLength() {
        return new Failed(
                ErrorCode.CHECK_FAILED,
                taken + " bytes came for '" + location() + "' instead of " + expected.orElse(0),
                "report this.");
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            context.close();
        }
        file().close();
    }
}
