package dev.holdfast.control.export;

import dev.holdfast.connectors.encode.FanOutFile;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.ExportFile;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One file that is written to several places at once, and hashed on the way. A place that fails drops out and the others go on; only
 * when none is left, writing fails. Lanes hear of a failure after the preflight, and at the next commit or close. For one thread at a time.
 */
final class Broadcast implements ExportFile {
    private final List<Lane> lanes;
    private final FanOutFile files;
    private final Map<Checksum, MessageDigest> digests = new EnumMap<>(Checksum.class);
    private final Runnable beat;
    private long length;
    private volatile Sum sum = new Sum(0, Map.of());

    /** One place on the way. */
    interface Lane {
        ExportFile file();

        boolean isOpen();

        /** Hears what the file is before it can be seen, on the thread that writes it. */
        void announce(Sum sum);

        /** It is out, and hears no more of it. */
        void fail(HoldfastException reason);
    }

    /**
     * @param lanes at least one that is open; those that are not are closed
     * @param checksums which digests are wanted beside that of SHA-256
     * @param patience how long one of them may let the others wait, in all
     * @param beat is called as writing goes on
     */
    Broadcast(List<? extends Lane> lanes, Set<Checksum> checksums, Duration patience, Runnable beat) {
        this.lanes = lanes.stream().filter(Lane::isOpen).map(Lane.class::cast).toList();
        this.files = new FanOutFile(
                this.lanes.stream()
                        .map(lane -> new AnnouncedFile(lane.file(), () -> lane.announce(sum)))
                        .map(ExportFile.class::cast)
                        .toList(),
                patience);
        this.beat = beat;
        digests.put(Checksum.SHA256, Checksum.SHA256.newDigest());
        checksums.forEach(checksum -> digests.computeIfAbsent(checksum, Checksum::newDigest));
    }

    @Override
    public String location() {
        return lanes.size() == 1 ? lanes.getFirst().file().location() : lanes.size() + " places";
    }

    /** Lanes whose file cannot be opened hear of it before another file of theirs is announced. */
    @Override
    public void preflight() {
        files.preflight();
        tell();
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        digests.values().forEach(digest -> digest.update(bytes, offset, count));
        length += count;
        files.write(bytes, offset, count);
        beat.run();
    }

    @Override
    public void commit() {
        Map<Checksum, String> sums = new EnumMap<>(Checksum.class);
        digests.forEach((checksum, digest) -> sums.put(checksum, HexFormat.of().formatHex(digest.digest())));
        sum = new Sum(length, sums);
        files.commit();
        tell();
    }

    /** Without a commit nothing was promised, and after one everything is there. */
    @Override
    public void close() {
        tell();
        files.close();
    }

    private void tell() {
        List<Optional<HoldfastException>> failures = files.failures();
        for (int i = 0; i < lanes.size(); i++) {
            failures.get(i).ifPresent(lanes.get(i)::fail);
        }
    }
}
