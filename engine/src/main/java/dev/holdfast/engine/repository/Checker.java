package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.index.ChunkIndex;
import dev.holdfast.engine.index.ChunkSet;
import dev.holdfast.engine.index.IndexRun;
import dev.holdfast.engine.pack.PackInfo;
import dev.holdfast.engine.pack.PackVerifier;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.tree.ChunkId;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.Extent;
import dev.holdfast.engine.tree.NodeVisitor;
import dev.holdfast.engine.tree.TreeReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Looks at every file of every destination and says what is wrong with which, and which snapshots and entries that hurts. With
 * the data read, every byte of every pack is proved.
 */
final class Checker {
    private static final int NAMED_ENTRIES = 1000;
    private static final int NAMED_PROBLEMS = 3;

    private final Replicas replicas;
    private final RepositoryKeys keys;
    private final Progress progress;
    private final List<Ill> ills = new ArrayList<>();
    private long packsSeen;
    private long chunksSeen;
    private long bytesRead;

    Checker(Replicas replicas, RepositoryKeys keys, Progress progress) {
        this.replicas = replicas;
        this.keys = keys;
        this.progress = progress;
    }

    /** A file that is not what it should be, and what hangs on it. */
    private static final class Ill {
        final String destination;
        final String file;
        final String what;
        final Set<SnapshotId> snapshots = new TreeSet<>();
        final List<String> entries = new ArrayList<>();
        final Set<String> elsewhere = new LinkedHashSet<>();
        final Optional<ChunkSet> hurt;
        long entryCount;

        Ill(String destination, String file, String what, Optional<ChunkSet> hurt) {
            this.destination = destination;
            this.file = file;
            this.what = what;
            this.hurt = hurt;
        }

        boolean hurts(ChunkId id) {
            return hurt.isPresent() && hurt.get().contains(id);
        }

        void hurts(Snapshot snapshot, Part part, String entry, long count) {
            snapshots.add(snapshot.id());
            entryCount += count;
            if (entries.size() < NAMED_ENTRIES) {
                entries.add(snapshot.id() + " " + part.name() + " " + entry);
            }
        }

        CheckReport.Problem problem() {
            return new CheckReport.Problem(
                    destination, file, what, List.copyOf(snapshots), entries, entryCount, List.copyOf(elsewhere));
        }
    }

    CheckReport check(RepositoryState state, boolean readData) {
        for (Replica replica : replicas.all()) {
            if (!replica.isReachable()) {
                ills.add(new Ill(
                        replica.name(),
                        replica.store().location(),
                        "it was not checked: "
                                + replica.lag().map(Replica.Lag::reason).orElse(""),
                        Optional.empty()));
            } else {
                checkDocuments(replica, state);
            }
        }
        try (ChunkIndex index =
                new IndexLoader(replicas, keys).load(state, true).index()) {
            checkPacks(index, readData);
            ChunkReader reader = new ChunkReader(replicas, keys, index, () -> index);
            checkTrees(state, reader);
        }
        List<CheckReport.Problem> problems = ills.stream().map(Ill::problem).toList();
        ills.forEach(ill -> ill.hurt.ifPresent(ChunkSet::close));
        return new CheckReport(state.snapshots().size(), packsSeen, chunksSeen, bytesRead, readData, problems);
    }

    private void checkDocuments(Replica replica, RepositoryState state) {
        checkPlain(replica);
        checkFolder(replica, FileKind.LOG, CommitRecord::decode);
        checkFolder(replica, FileKind.CHECKPOINT, Checkpoint::decode);
        checkFolder(replica, FileKind.LEASE, Lease::decode);
        checkFolder(replica, FileKind.FORGET, content -> content);
        checkFolder(replica, FileKind.PIN, content -> content);
        for (StoreKey run : state.runs()) {
            checkDocument(replica, FileKind.INDEX_RUN, run, content -> IndexRun.decode(content, run));
        }
    }

    private void checkPlain(Replica replica) {
        List<StoreKey> plain = new ArrayList<>(List.of(ConfigFile.KEY));
        replica.store().list("keys/", object -> plain.add(object.key()));
        if (plain.size() == 1) {
            ills.add(new Ill(
                    replica.name(), "keys/", "it is missing, nothing can be opened from here", Optional.empty()));
        }
        for (StoreKey key : plain) {
            try {
                byte[] file = replica.store().read(key);
                bytesRead += file.length;
                String location = replica.store().location();
                if (key.equals(ConfigFile.KEY)) {
                    ConfigFile.decode(file, location);
                } else {
                    KeyFile.decode(file, key, location);
                }
            } catch (HoldfastException e) {
                ills.add(new Ill(replica.name(), key.name(), e.getMessage(), Optional.empty()));
            }
        }
    }

    private <T> void checkFolder(Replica replica, FileKind kind, Function<byte[], T> decode) {
        List<StoreKey> files = new ArrayList<>();
        replica.store().list(kind.folder(), object -> files.add(object.key()));
        files.forEach(key -> checkDocument(replica, kind, key, decode));
    }

    private <T> void checkDocument(Replica replica, FileKind kind, StoreKey key, Function<byte[], T> decode) {
        try {
            byte[] file = replica.store().read(key);
            bytesRead += file.length;
            RepositoryState.decode(kind, key, file, keys, decode);
        } catch (Missing e) {
            if (kind == FileKind.INDEX_RUN) {
                note(replica, key, e);
            }
        } catch (Damaged e) {
            note(replica, key, e);
        }
    }

    private void note(Replica replica, StoreKey key, HoldfastException problem) {
        Ill ill = new Ill(replica.name(), key.name(), problem.getMessage(), Optional.empty());
        owner(key).ifPresent(ill.snapshots::add);
        ills.add(ill);
    }

    /** The session in a file's name. */
    private static Optional<SnapshotId> owner(StoreKey key) {
        String name = key.name().substring(key.name().lastIndexOf('/') + 1);
        String session = name.length() > SnapshotId.LENGTH ? name.substring(0, SnapshotId.LENGTH) : name;
        return SnapshotId.isValid(session) ? Optional.of(new SnapshotId(session)) : Optional.empty();
    }

    private void checkPacks(ChunkIndex index, boolean readData) {
        List<PackInfo> packs = index.packs();
        Map<StoreKey, Map<Replica, Long>> found = new LinkedHashMap<>(replicas.list(FileKind.DATA_PACK.folder()));
        found.putAll(replicas.list(FileKind.NODE_PACK.folder()));
        progress.expect(
                packs.size() * (long) replicas.reachable().size(),
                readData
                        ? packs.stream().mapToLong(PackInfo::bytes).sum()
                                * replicas.reachable().size()
                        : 0);
        for (PackInfo pack : packs) {
            List<Ill> illHere = new ArrayList<>();
            List<String> sound = new ArrayList<>();
            for (Replica replica : replicas.reachable()) {
                packsSeen++;
                Optional<Ill> ill = readData
                        ? readPack(pack, replica, index)
                        : lookAtPack(pack, replica, found.getOrDefault(pack.key(), Map.of()), index);
                ill.ifPresentOrElse(illHere::add, () -> sound.add(replica.name()));
                progress.advance(1, readData ? pack.bytes() : 0);
            }
            illHere.forEach(ill -> ill.elsewhere.addAll(sound));
            ills.addAll(illHere);
        }
        if (!readData) {
            chunksSeen = index.size() * replicas.reachable().size();
        }
    }

    private Optional<Ill> lookAtPack(PackInfo pack, Replica replica, Map<Replica, Long> where, ChunkIndex index) {
        Long bytes = where.get(replica);
        if (bytes == null) {
            return Optional.of(ill(pack, replica, "it is missing", everything(pack, index)));
        }
        if (bytes != pack.bytes()) {
            return Optional.of(ill(
                    pack, replica, "it has " + bytes + " bytes instead of " + pack.bytes(), everything(pack, index)));
        }
        return Optional.empty();
    }

    private Optional<Ill> readPack(PackInfo pack, Replica replica, ChunkIndex index) {
        try {
            PackVerifier.Verdict verdict = new PackVerifier(replica.store(), keys).verify(pack);
            chunksSeen += verdict.chunks();
            bytesRead += verdict.bytes();
            if (verdict.sound()) {
                return Optional.empty();
            }
            ChunkSet hurt = verdict.allHurt() ? everything(pack, index) : new ChunkSet();
            verdict.hurt().forEach(hurt::add);
            return Optional.of(ill(pack, replica, shown(verdict.problems()), hurt));
        } catch (Missing e) {
            return Optional.of(ill(pack, replica, "it is missing", everything(pack, index)));
        }
    }

    private static String shown(List<String> problems) {
        String first = String.join("; ", problems.subList(0, Math.min(NAMED_PROBLEMS, problems.size())));
        return problems.size() > NAMED_PROBLEMS
                ? first + "; and " + (problems.size() - NAMED_PROBLEMS) + " more"
                : first;
    }

    private static Ill ill(PackInfo pack, Replica replica, String what, ChunkSet hurt) {
        return new Ill(replica.name(), pack.key().name(), what, Optional.of(hurt));
    }

    private static ChunkSet everything(PackInfo pack, ChunkIndex index) {
        ChunkSet all = new ChunkSet();
        index.forEach((high, low, in, offset, length) -> {
            if (in.key().equals(pack.key())) {
                all.add(high, low);
            }
        });
        return all;
    }

    private void checkTrees(RepositoryState state, ChunkReader reader) {
        try (ChunkSet seen = new ChunkSet()) {
            Ill lost =
                    new Ill("all", "index", "chunks that snapshots need are in no pack", Optional.of(new ChunkSet()));
            for (Snapshot snapshot : state.snapshots()) {
                for (Part part : snapshot.parts()) {
                    new TreeReader(reader, part.root()).nodes(new Presence(reader, seen, lost));
                }
            }
            if (lost.hurt.isPresent() && lost.hurt.get().size() > 0) {
                ills.add(lost);
            }
        }
        if (ills.stream().anyMatch(ill -> ill.hurt.isPresent())) {
            for (Snapshot snapshot : state.snapshots()) {
                for (Part part : snapshot.parts()) {
                    try (ChunkSet seen = new ChunkSet()) {
                        new TreeReader(reader, part.root()).nodes(new Naming(snapshot, part, seen));
                    }
                }
            }
        }
    }

    /** Sees that everything a tree refers to is in the index. */
    private static final class Presence implements NodeVisitor {
        private final ChunkReader reader;
        private final ChunkSet seen;
        private final Ill lost;

        Presence(ChunkReader reader, ChunkSet seen, Ill lost) {
            this.reader = reader;
            this.seen = seen;
            this.lost = lost;
        }

        @Override
        public boolean enters(ChunkId node) {
            note(node);
            return seen.add(node);
        }

        @Override
        public void extent(Extent extent) {
            note(extent.chunk());
        }

        private void note(ChunkId id) {
            if (!reader.knows(id) && lost.hurt.isPresent()) {
                lost.hurt.get().add(id);
            }
        }

        @Override
        public void damaged(ChunkId node, Below below, Damaged problem) {
            if (lost.hurt.isPresent()) {
                lost.hurt.get().add(node);
            }
        }
    }

    /** Finds the entries that hang on what is ill. */
    private final class Naming implements NodeVisitor {
        private final Snapshot snapshot;
        private final Part part;
        private final ChunkSet seen;
        private final Set<Ill> told = new LinkedHashSet<>();
        private String entry = "";

        Naming(Snapshot snapshot, Part part, ChunkSet seen) {
            this.snapshot = snapshot;
            this.part = part;
            this.seen = seen;
        }

        @Override
        public boolean enters(ChunkId node) {
            for (Ill ill : ills) {
                if (ill.hurts(node)) {
                    ill.snapshots.add(snapshot.id());
                }
            }
            return seen.add(node);
        }

        @Override
        public void entry(Entry next) {
            entry = next.key().toString();
            told.clear();
        }

        @Override
        public void extent(Extent extent) {
            for (Ill ill : ills) {
                if (ill.hurts(extent.chunk()) && told.add(ill)) {
                    ill.hurts(snapshot, part, entry, 1);
                }
            }
        }

        @Override
        public void damaged(ChunkId node, Below below, Damaged problem) {
            boolean root = part.root().filter(node::equals).isPresent();
            String entries = root
                    ? "all entries"
                    : below.last() == null
                            ? "a part of " + entry
                            : "the entries " + (below.after() == null ? "up to " : "after " + below.after() + " up to ")
                                    + below.last();
            for (Ill ill : ills) {
                if (ill.hurts(node)) {
                    ill.hurts(snapshot, part, entries, root ? part.entries() : Math.max(1, below.entries()));
                }
            }
        }
    }
}
