package dev.holdfast.engine.pack;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.format.FileHeader;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.tree.ChunkId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads a whole pack and proves every byte of it: header, each blob (its seal, its decompression, its id), directory and
 * trailer, and that nothing lies between them. In memory of a few MiB.
 */
public final class PackVerifier {
    private static final int READ_BYTES = 8 << 20;

    private final ObjectStore store;
    private final RepositoryKeys keys;

    public PackVerifier(ObjectStore store, RepositoryKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    /**
     * What was found in a pack.
     *
     * @param problems what is wrong, for people; empty if nothing is
     * @param hurt ids of chunks that cannot be had from this pack
     * @param allHurt whether nothing can be had from this pack, or nobody knows what was in it
     * @param chunks blobs proved
     * @param bytes bytes read
     */
    public record Verdict(List<String> problems, List<ChunkId> hurt, boolean allHurt, long chunks, long bytes) {
        public Verdict {
            problems = List.copyOf(problems);
            hurt = List.copyOf(hurt);
        }

        public boolean sound() {
            return problems.isEmpty();
        }
    }

    /**
     * @param pack as the index knows it
     */
    public Verdict verify(PackInfo pack) {
        List<String> problems = new ArrayList<>();
        long bytes = store.size(pack.key());
        if (bytes != pack.bytes()) {
            problems.add("it has " + bytes + " bytes instead of " + pack.bytes());
        }
        try {
            byte[] header = store.read(pack.key(), 0, FileHeader.BYTES);
            if (!Arrays.equals(header, pack.header(keys.repositoryId()))) {
                problems.add("its header is not what was written");
            }
        } catch (Damaged e) {
            problems.add(e.getMessage());
        }
        Optional<List<PackEntry>> directory = directory(pack, problems);
        if (directory.isEmpty()) {
            return new Verdict(problems, List.of(), true, 0, bytes);
        }
        return blobs(pack, directory.get(), problems, bytes);
    }

    private Optional<List<PackEntry>> directory(PackInfo pack, List<String> problems) {
        try {
            byte[] trailer =
                    store.read(pack.key(), pack.bytes() - PackDirectory.TRAILER_BYTES, PackDirectory.TRAILER_BYTES);
            PackDirectory.Place place = PackDirectory.place(trailer, pack.key(), pack.bytes());
            byte[] sealed = store.read(pack.key(), place.offset(), place.length());
            return Optional.of(PackDirectory.decode(sealed, 0, place, pack.sealKey(keys), pack.key()));
        } catch (Damaged e) {
            problems.add(e.getMessage());
            return Optional.empty();
        }
    }

    private Verdict blobs(PackInfo pack, List<PackEntry> directory, List<String> problems, long bytes) {
        byte[] sealKey = pack.sealKey(keys);
        List<ChunkId> hurt = new ArrayList<>();
        long proved = 0;
        byte[] window = new byte[0];
        long windowAt = 0;
        int expected = FileHeader.BYTES;
        for (PackEntry entry : directory) {
            if (entry.offset() != expected) {
                problems.add("a gap lies at " + expected);
            }
            expected = entry.offset() + entry.storedBytes();
            if (entry.offset() < windowAt || expected > windowAt + window.length) {
                windowAt = entry.offset();
                int length = (int) Math.min(Math.max(READ_BYTES, entry.storedBytes()), pack.bytes() - windowAt);
                try {
                    window = store.read(pack.key(), windowAt, length);
                } catch (Damaged e) {
                    problems.add(e.getMessage());
                    hurt.add(entry.id());
                    window = new byte[0];
                    continue;
                }
            }
            Optional<String> problem = blob(window, (int) (entry.offset() - windowAt), entry, sealKey);
            if (problem.isPresent()) {
                problems.add(problem.get());
                hurt.add(entry.id());
            } else {
                proved++;
            }
        }
        return new Verdict(problems, hurt, false, proved, bytes);
    }

    private Optional<String> blob(byte[] window, int at, PackEntry entry, byte[] sealKey) {
        try {
            byte[] plain =
                    BlobFormat.open(window, at, entry.storedBytes(), sealKey, entry.type(), entry.id(), entry.offset());
            if (plain.length != entry.rawBytes()
                    || !keys.chunkId(entry.type(), plain, 0, plain.length).equals(entry.id())) {
                return Optional.of("chunk " + entry.id() + " at " + entry.offset() + " is not what its id says");
            }
            return Optional.empty();
        } catch (Damaged e) {
            return Optional.of(e.getMessage() + " at " + entry.offset());
        }
    }

    /** The failure of a pack that is not sound. */
    public static Damaged damaged(PackInfo pack, String destination, Verdict verdict) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + pack.key() + "' at destination '" + destination + "' is damaged: "
                        + verdict.problems().getFirst(),
                "Run 'holdfast check --read-data' to see what is hurt.");
    }
}
