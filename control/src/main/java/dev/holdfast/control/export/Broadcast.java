package dev.holdfast.control.export;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.ExportFile;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One file that is written to several places at once. A place that fails drops out and the others go on; only when none is left, writing
 * fails, with the reason of the last one. For one thread at a time.
 */
final class Broadcast implements ExportFile {
    private final List<Lane> lanes;
    private final Map<Checksum, MessageDigest> digests = new EnumMap<>(Checksum.class);
    private final Consumer<Sum> beforeCommit;
    private final Runnable beat;
    private long length;

    /** One place on the way. */
    interface Lane {
        ExportFile file();

        boolean isOpen();

        /** It is out, and hears no more of it. */
        void fail(HoldfastException reason);
    }

    /**
     * What was written.
     *
     * @param digests in lower-case hex; always with that of SHA-256
     */
    record Sum(long bytes, Map<Checksum, String> digests) {
        Sum {
            digests = Map.copyOf(digests);
        }

        String digest(Checksum checksum) {
            return digests.getOrDefault(checksum, "");
        }
    }

    /**
     * @param checksums which digests are wanted beside that of SHA-256
     * @param beforeCommit hears what the files are before the first of them can be seen
     * @param beat is called as writing goes on
     */
    Broadcast(List<? extends Lane> lanes, Set<Checksum> checksums, Consumer<Sum> beforeCommit, Runnable beat) {
        this.lanes = List.copyOf(lanes);
        this.beforeCommit = beforeCommit;
        this.beat = beat;
        digests.put(Checksum.SHA256, digest(Checksum.SHA256.algorithm()));
        checksums.forEach(checksum -> digests.computeIfAbsent(checksum, c -> digest(c.algorithm())));
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java machine has " + algorithm, e);
        }
    }

    @Override
    public String location() {
        return lanes.size() == 1 ? lanes.getFirst().file().location() : lanes.size() + " places";
    }

    @Override
    public void preflight() {
        each(ExportFile::preflight);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        digests.values().forEach(digest -> digest.update(bytes, offset, count));
        length += count;
        each(file -> file.write(bytes, offset, count));
        beat.run();
    }

    /** Runs in every place that is left. */
    private void each(Consumer<ExportFile> work) {
        HoldfastException last = null;
        for (Lane lane : lanes) {
            if (lane.isOpen()) {
                try {
                    work.accept(lane.file());
                } catch (HoldfastException e) {
                    last = e;
                    lane.fail(e);
                }
            }
        }
        if (last != null && lanes.stream().noneMatch(open())) {
            throw last;
        }
    }

    private static Predicate<Lane> open() {
        return Lane::isOpen;
    }

    @Override
    public boolean seekable() {
        return false;
    }

    @Override
    public void patch(long position, byte[] bytes) {
        throw new UnsupportedOperationException(
                "files in several places are written from their first byte to their last");
    }

    @Override
    public int read(long position, byte[] bytes) {
        throw new UnsupportedOperationException(
                "files in several places are written from their first byte to their last");
    }

    @Override
    public void commit() {
        Map<Checksum, String> sums = new EnumMap<>(Checksum.class);
        digests.forEach((checksum, digest) -> sums.put(checksum, HexFormat.of().formatHex(digest.digest())));
        beforeCommit.accept(new Sum(length, sums));
        each(ExportFile::commit);
    }

    /** Whatever closing says: without a commit nothing was promised, and after one everything is there. */
    @Override
    public void close() {
        for (Lane lane : lanes) {
            try {
                lane.file().close();
            } catch (HoldfastException e) {
                if (lane.isOpen()) {
                    lane.fail(e);
                }
            }
        }
    }
}
