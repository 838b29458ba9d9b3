package dev.holdfast.engine.repository;

import dev.holdfast.engine.chunk.Chunker;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.format.BlobType;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.format.SealedDocument;
import dev.holdfast.engine.index.ChunkIndex;
import dev.holdfast.engine.pack.PackWriter;
import dev.holdfast.engine.pack.Spool;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.tree.ChunkId;
import dev.holdfast.engine.tree.NodeStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One session that writes a snapshot: everything is stored under the session's name, and then one record makes it exist. */
final class Session implements SnapshotWriter {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final long CONTENT_MEMORY_BYTES = 64L << 20;
    private static final Duration LEFTOVER_AGE = Duration.ofDays(1);

    private final Opened opened;
    private final HeldLease lease;
    private final Replicas replicas;
    private final RepositoryKeys keys;
    private final SecureRandom random;
    private final InstantSource clock;
    private final RepositoryOptions options;
    private final Map<String, String> labels;
    private final Instant began;
    private final List<Snapshot> previous;
    private final ChunkIndex index;
    private final ChunkReader reader;
    private final Shipping shipping;
    private final PackWriter packs;
    private final SealingPool pool;
    private final RunWriter runs;
    private final PartCapture.Workshop workshop;
    private final List<Part> parts = new ArrayList<>();
    private final List<Finding> findings = Collections.synchronizedList(new ArrayList<>());
    private @Nullable PartCapture open;
    private boolean committed;
    private boolean closed;

    /** What a session needs of the repository. */
    record Opened(
            Replicas replicas,
            RepositoryKeys keys,
            Chunker chunker,
            RepositoryOptions options,
            InstantSource clock,
            SecureRandom random,
            Synchroniser synchroniser) {}

    /**
     * @param began when what the snapshot shows was so
     */
    Session(Opened opened, HeldLease lease, RepositoryState state, Map<String, String> labels, Instant began) {
        this.opened = opened;
        this.lease = lease;
        this.replicas = opened.replicas();
        this.keys = opened.keys();
        this.random = opened.random();
        this.clock = opened.clock();
        this.options = opened.options();
        this.labels = labels;
        this.began = began;
        this.previous = state.snapshots().reversed().stream()
                .filter(s -> s.stack().equals(lease.lease().stack()))
                .toList();
        sweepTemporary();
        IndexLoader.Loaded loaded = new IndexLoader(replicas, keys).load(state, false);
        this.findings.addAll(loaded.findings());
        this.index = loaded.index();
        this.reader = new ChunkReader(replicas, keys, index, () -> index);
        this.shipping = new Shipping(replicas);
        this.runs = new RunWriter(replicas, keys, random, id());
        this.packs = new PackWriter(
                keys,
                options.compressionLevel(),
                index,
                spool(),
                (pack, entries, file) -> {
                    entries.forEach(e -> index.settle(e.id(), pack, e.offset(), e.storedBytes()));
                    runs.add(pack, entries);
                    shipping.ship(pack, file);
                },
                id().text(),
                options.packTargetBytes(),
                random);
        this.pool = new SealingPool(options.threads(), packs);
        this.workshop = new PartCapture.Workshop(
                opened.chunker(),
                keys.boundarySeed(),
                packs,
                pool,
                new NodesInPacks(),
                new MemoryBudget(CONTENT_MEMORY_BYTES));
    }

    private final class NodesInPacks implements NodeStore {
        @Override
        public ChunkId put(byte[] node) {
            return packs.store(BlobType.NODE, node, 0, node.length);
        }

        @Override
        public byte[] get(ChunkId id) {
            return reader.get(id);
        }
    }

    private void sweepTemporary() {
        for (Replica replica : replicas.level()) {
            try {
                replica.store().sweepTemporary(clock.instant().minus(LEFTOVER_AGE));
            } catch (HoldfastException e) {
                LOG.warn("leftovers not swept destination={} reason={}", replica.name(), e.getMessage());
            }
        }
    }

    private Spool spool() {
        List<Spool.Folder> folders = new ArrayList<>();
        for (Replica replica : replicas.level()) {
            replica.store().spool().ifPresent(path -> folders.add(new Spool.Folder(path, Optional.of(replica.name()))));
        }
        folders.add(new Spool.Folder(options.spool(), Optional.empty()));
        return new Spool(
                folders,
                (folder, reason) -> replicas.all().stream()
                        .filter(replica -> folder.destination()
                                .filter(replica.name()::equals)
                                .isPresent())
                        .forEach(replica -> replica.fallBehind(reason.getMessage(), true)));
    }

    @Override
    public SnapshotId id() {
        return lease.lease().session();
    }

    @Override
    public PartWriter beginPart(String name, String kind, String location, Progress progress) {
        if (open != null || parts.stream().anyMatch(part -> part.name().equals(name))) {
            throw new IllegalStateException("part '" + name + "' cannot begin now");
        }
        // the last snapshot that has the part: a run may have left it out
        Optional<Part> before = previous.stream()
                .flatMap(snapshot -> snapshot.part(name).stream())
                .findFirst()
                .filter(part -> part.kind().equals(kind));
        open = new PartCapture(name, kind, location, progress, workshop, before, reader, findings::add);
        return open;
    }

    @Override
    public Part endPart(Map<String, String> details) {
        if (open == null) {
            throw new IllegalStateException("no part has begun");
        }
        Part part = open.end(details);
        open = null;
        parts.add(part);
        return part;
    }

    @Override
    public Commit commit() {
        if (open != null || committed || closed) {
            throw new IllegalStateException("the session cannot commit now");
        }
        packs.finish();
        shipping.await();
        List<StoreKey> written = runs.finish();
        Snapshot snapshot = new Snapshot(
                id(),
                lease.lease().stack(),
                began,
                clock.instant(),
                options.host(),
                options.softwareVersion(),
                parts,
                labels,
                List.copyOf(findings),
                packs.storedBytes() + runs.bytes());
        record(new CommitRecord(Optional.of(snapshot), written, nonce()));
        committed = true;
        catchUp();
        return new Commit(snapshot, replicas.states());
    }

    /** The snapshot exists by now: a destination that cannot be caught up is told as behind, it does not undo that. */
    private void catchUp() {
        try {
            opened.synchroniser().catchUp(Progress.NONE);
        } catch (HoldfastException e) {
            LOG.warn("destinations not caught up reason={}", e.getMessage());
        }
    }

    private String nonce() {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        return HexFormat.of().formatHex(nonce);
    }

    /** Writes the record wherever everything it names has arrived. */
    private void record(CommitRecord record) {
        StoreKey key = RepositoryState.logKey(id());
        byte[] file = SealedDocument.seal(FileKind.LOG, key, record.encode(), keys, random);
        HoldfastException failure = null;
        int done = 0;
        for (Replica replica : replicas.level()) {
            try {
                replica.store().create(key, Body.of(file));
                done++;
            } catch (AlreadyExists e) {
                requireOwn(replica, key, record);
                done++;
            } catch (HoldfastException e) {
                replica.fallBehind(e.getMessage(), true);
                failure = e;
            }
        }
        if (done == 0) {
            throw failure != null ? failure : replicas.nobody();
        }
    }

    private void requireOwn(Replica replica, StoreKey key, CommitRecord own) {
        CommitRecord found =
                RepositoryState.decode(FileKind.LOG, key, replica.store().read(key), keys, CommitRecord::decode);
        if (!found.nonce().equals(own.nonce())) {
            throw new Failed(
                    ErrorCode.SESSION_FENCED,
                    "this run was given up by another because it was silent for too long; nothing of it is kept",
                    "Run it again. If the machine was suspended, nothing else is wrong.");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        pool.close();
        packs.abandon();
        shipping.close();
        lease.close();
        index.close();
    }
}
