package dev.holdfast.connectors.s3;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.NoSpace;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One part of an upload while it is filled and sent, with its checksums. Filled by one thread, then read by another, as often as
 * it has to be sent.
 */
abstract sealed class PartBuffer implements AutoCloseable permits PartBuffer.InMemory, PartBuffer.InFile {
    private final MessageDigest md5 = digest("MD5");
    private final MessageDigest sha256 = digest("SHA-256");
    private final CRC32 crc32 = new CRC32();
    private final S3PlaceSettings.Checksum checksum;
    private long bytes;
    private @Nullable Sums sums;

    private PartBuffer(S3PlaceSettings.Checksum checksum) {
        this.checksum = checksum;
    }

    /** An empty one. */
    static PartBuffer of(PartPlan plan, S3PlaceSettings settings) {
        return plan.spooled()
                ? new InFile(
                        settings.checksum(),
                        settings.spool().orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir", "/tmp"))))
                : new InMemory(settings.checksum());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    final void write(byte[] content, int offset, int length) {
        append(content, offset, length);
        bytes += length;
        md5.update(content, offset, length);
        switch (checksum) {
            case MD5 -> {}
            case CRC32 -> crc32.update(content, offset, length);
            case SHA256 -> sha256.update(content, offset, length);
        }
    }

    final long bytes() {
        return bytes;
    }

    /** Ends the filling; the same every time. */
    final Sums sums() {
        Sums known = sums;
        if (known == null) {
            known = summed();
            sums = known;
        }
        return known;
    }

    private Sums summed() {
        int crc = (int) crc32.getValue();
        return new Sums(
                checksum,
                base64(md5.digest()),
                base64(ByteBuffer.allocate(Integer.BYTES).putInt(crc).array()),
                base64(sha256.digest()));
    }

    private static String base64(byte[] sum) {
        return Base64.getEncoder().encodeToString(sum);
    }

    /**
     * What the server is told of a body.
     *
     * @param kind which of the two newer sums are meant
     */
    record Sums(S3PlaceSettings.Checksum kind, String md5, String crc32, String sha256) {}

    abstract void append(byte[] content, int offset, int length);

    /** All of it, from its first byte. */
    abstract InputStream open();

    @Override
    public abstract void close();

    /** A part in memory that takes no more than it needs. */
    static final class InMemory extends PartBuffer {
        private static final int BLOCK_BYTES = 256 << 10;

        private final List<byte[]> blocks = new ArrayList<>();
        private int used = BLOCK_BYTES;

        InMemory(S3PlaceSettings.Checksum checksum) {
            super(checksum);
        }

        @Override
        void append(byte[] content, int offset, int length) {
            for (int done = 0; done < length; ) {
                if (used == BLOCK_BYTES) {
                    blocks.add(new byte[BLOCK_BYTES]);
                    used = 0;
                }
                int step = Math.min(length - done, BLOCK_BYTES - used);
                System.arraycopy(content, offset + done, blocks.getLast(), used, step);
                used += step;
                done += step;
            }
        }

        @Override
        InputStream open() {
            List<InputStream> streams = new ArrayList<>();
            for (byte[] block : blocks) {
                boolean last = streams.size() == blocks.size() - 1;
                streams.add(new ByteArrayInputStream(block, 0, last ? used : BLOCK_BYTES));
            }
            return new SequenceInputStream(Collections.enumeration(streams));
        }

        @Override
        public void close() {
            blocks.clear();
        }
    }

    /** A part in a file without a name, which nothing can leave behind. */
    static final class InFile extends PartBuffer {
        private final Path folder;
        private final FileChannel file;

        InFile(S3PlaceSettings.Checksum checksum, Path folder) {
            super(checksum);
            this.folder = folder;
            try {
                Path name = Files.createTempFile(folder, ".holdfast-", ".part");
                file = FileChannel.open(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Files.delete(name);
            } catch (IOException e) {
                throw failure(e);
            }
        }

        @Override
        void append(byte[] content, int offset, int length) {
            ByteBuffer rest = ByteBuffer.wrap(content, offset, length);
            try {
                while (rest.hasRemaining()) {
                    file.write(rest);
                }
            } catch (IOException e) {
                throw failure(e);
            }
        }

        private RuntimeException failure(IOException e) {
            String message = "cannot write the next part of an upload in '" + folder + "': " + e.getMessage();
            String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
            return reason.contains("no space") || reason.contains("quota")
                    ? new NoSpace(
                            ErrorCode.STORE_FULL,
                            message,
                            "Free space there, or set a smaller part size, or another folder for temporary files.",
                            e)
                    : new Failed(ErrorCode.FILE_UNWRITABLE, message, "Set another folder for temporary files.", e);
        }

        @Override
        InputStream open() {
            return new InputStream() {
                private long done;

                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    int read = file.read(ByteBuffer.wrap(into, offset, length), done);
                    done += Math.max(read, 0);
                    return read;
                }
            };
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw failure(e);
            }
        }
    }
}
