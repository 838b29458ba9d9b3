package dev.holdfast.control.export;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ForwardingFile;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A file whose length and digests are told before it can be seen. Where digests are wanted, it can be changed behind only where the file
 * that it writes to can be read again for them. For one thread.
 */
public final class SummedFile extends ForwardingFile {
    private static final int BUFFER = 1 << 18;

    private final Consumer<Sum> listener;
    private final Map<Checksum, MessageDigest> digests;
    private long length;
    private boolean changed;

    /**
     * @param file what is written to; belongs to this from now on
     * @param checksums which digests are wanted; if none, bytes are only counted
     * @param listener hears of the file before it is committed
     */
    public SummedFile(ExportFile file, Set<Checksum> checksums, Consumer<Sum> listener) {
        super(file);
        this.listener = listener;
        this.digests = digests(checksums);
    }

    private static Map<Checksum, MessageDigest> digests(Set<Checksum> checksums) {
        Map<Checksum, MessageDigest> digests = new EnumMap<>(Checksum.class);
        checksums.forEach(checksum -> digests.put(checksum, checksum.newDigest()));
        return digests;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        digests.values().forEach(digest -> digest.update(bytes, offset, count));
        length += count;
        super.write(bytes, offset, count);
    }

    /** What cannot be read again could not be summed again either. */
    @Override
    public boolean changeable() {
        return digests.isEmpty() ? super.changeable() : seekable();
    }

    @Override
    public void patch(long position, byte[] bytes) {
        changed = true;
        super.patch(position, bytes);
    }

    @Override
    public void commit() {
        Map<Checksum, MessageDigest> last = changed && !digests.isEmpty() ? readAgain() : digests;
        Map<Checksum, String> sums = new EnumMap<>(Checksum.class);
        last.forEach((checksum, digest) -> sums.put(checksum, HexFormat.of().formatHex(digest.digest())));
        listener.accept(new Sum(length, sums));
        super.commit();
    }

    private Map<Checksum, MessageDigest> readAgain() {
        Map<Checksum, MessageDigest> again = digests(digests.keySet());
        byte[] buffer = new byte[BUFFER];
        long position = 0;
        while (position < length) {
            int count = (int) Math.min(read(position, buffer), length - position);
            if (count <= 0) {
                throw new Damaged(
                        ErrorCode.FILE_UNWRITABLE,
                        "'" + location() + "' ends after " + position + " of " + length + " bytes",
                        "look at the disk: it does not give back what was written.");
            }
            again.values().forEach(digest -> digest.update(buffer, 0, count));
            position += count;
        }
        return again;
    }
}
