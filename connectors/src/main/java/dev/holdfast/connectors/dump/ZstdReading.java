package dev.holdfast.connectors.dump;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;

/** What {@code zstd} compressed (RFC 8878), any number of frames. Each must end, with its checksum where it has one. For one thread. */
final class ZstdReading extends InputStream {
    private final ZstdInputStreamNoFinalizer in;
    private final String where;

    ZstdReading(InputStream in, String where) throws IOException {
        this.in = new ZstdInputStreamNoFinalizer(in);
        this.where = where;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return in.read(bytes, offset, length);
        } catch (ZstdIOException e) {
            String said = String.valueOf(e.getMessage());
            throw said.contains("Truncated")
                    ? DumpDamage.of(where, "is cut: it ends in the middle of a zstd frame", e)
                    : DumpDamage.of(where, "is damaged: what zstd compressed cannot be unpacked (" + said + ")", e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
