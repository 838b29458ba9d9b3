package dev.holdfast.connectors.dump;

import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A backup file that is being read, with its layers taken off. Its content is proven only when it was read to its end, by {@link
 * DumpReader} or by whoever else reads {@link #content}. For one thread.
 */
public final class DumpFile implements AutoCloseable {
    /** More layers than anybody wraps around a backup. */
    private static final int MOST_LAYERS = 6;

    private static final int BUFFER_BYTES = 64 * 1024;

    private final String where;
    private final RawReading raw;
    private final List<Layer> layers = new ArrayList<>();
    private final InputStream content;
    private final DumpFormat format;

    private DumpFile(InputStream file, String where, Optional<OpenPgpReader> decryption) throws IOException {
        this.where = where;
        raw = new RawReading(file, where);
        BufferedInputStream below = new BufferedInputStream(raw, BUFFER_BYTES);
        byte[] head = head(below);
        if (head.length == 0) {
            throw DumpDamage.of(where, "is empty");
        }
        for (Optional<Layer> layer = Magic.layer(head); layer.isPresent(); layer = Magic.layer(head)) {
            layers.add(layer.get());
            if (layers.size() > MOST_LAYERS) {
                throw DumpDamage.unreadable(
                        where, "is packed more than " + MOST_LAYERS + " times over", "unpack it by hand.");
            }
            below = new BufferedInputStream(without(layer.get(), below, decryption), BUFFER_BYTES);
            head = head(below);
        }
        if (head.length == 0) {
            throw DumpDamage.of(where, "holds nothing: what is packed in it is empty");
        }
        format = Magic.format(head);
        content = below;
    }

    /**
     * Looks at the first bytes and takes off what lies around the contents.
     *
     * @param file closed with what is returned, and when this fails
     * @param where it is, for people
     * @param decryption what opens it if it is encrypted
     * @throws dev.holdfast.engine.error.Damaged if it is empty or ends at once
     * @throws Missing (SECRET_MISSING) if it is encrypted and nothing to open it is given
     * @throws dev.holdfast.engine.error.WrongKey if it is encrypted to somebody else
     * @throws dev.holdfast.engine.error.Unsupported if something lies around that cannot be taken off here
     */
    public static DumpFile open(InputStream file, String where, Optional<OpenPgpReader> decryption) {
        try {
            return new DumpFile(file, where, decryption);
        } catch (IOException e) {
            closeQuietly(file);
            throw DumpDamage.of(where, "is damaged: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            closeQuietly(file);
            throw e;
        }
    }

    private static void closeQuietly(InputStream file) {
        try {
            file.close();
        } catch (IOException e) {
            // the reason why it is closed says more
        }
    }

    private static byte[] head(BufferedInputStream in) throws IOException {
        in.mark(Magic.BYTES);
        byte[] head = in.readNBytes(Magic.BYTES);
        in.reset();
        return head;
    }

    private InputStream without(Layer layer, InputStream below, Optional<OpenPgpReader> decryption) throws IOException {
        return switch (layer) {
            case GZIP -> new GzipReading(below, where);
            case ZSTD -> new ZstdReading(below, where);
            case OPENPGP ->
                decryption
                        .orElseThrow(() -> new Missing(
                                ErrorCode.SECRET_MISSING,
                                "'" + where + "' is encrypted with OpenPGP, and nothing is given to open it",
                                "give its passphrase or a secret key."))
                        .open(below, where);
            case BZIP2, LZ4, XZ ->
                throw DumpDamage.unreadable(
                        where,
                        "is compressed with " + layer.label() + ", which is not read here",
                        "unpack it first, which proves its checksums too.");
        };
    }

    /** For people. */
    public String where() {
        return where;
    }

    /** From the outermost to the innermost. */
    public List<Layer> layers() {
        return List.copyOf(layers);
    }

    public DumpFormat format() {
        return format;
    }

    /** How many bytes of the file itself were read so far. */
    public long rawBytes() {
        return raw.count();
    }

    /**
     * What is below all layers. Reading it throws {@link HoldfastException}s: {@code Damaged} where a layer does not hold, at the latest at
     * its end.
     */
    public InputStream content() {
        return new Content();
    }

    /** Reads what lies behind the content, so that whoever counts or hashes the file has seen all of it. */
    void drain() {
        byte[] rest = new byte[BUFFER_BYTES];
        while (raw.read(rest, 0, rest.length) >= 0) {
            // only counted
        }
    }

    @Override
    public void close() {
        closeQuietly(content);
    }

    /** What was a failure to read is told as one, and everything else that a decoder says as damage. */
    private final class Content extends InputStream {
        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            try {
                return content.read(bytes, offset, length);
            } catch (HoldfastException e) {
                HoldfastException failure = raw.failure();
                throw failure == null ? e : failure;
            } catch (IOException e) {
                HoldfastException failure = raw.failure();
                throw failure == null ? DumpDamage.of(where, "is damaged: " + e.getMessage(), e) : failure;
            }
        }

        @Override
        public void close() {
            DumpFile.this.close();
        }
    }
}
