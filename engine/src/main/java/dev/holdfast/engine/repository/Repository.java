package dev.holdfast.engine.repository;

import dev.holdfast.engine.chunk.Chunker;
import dev.holdfast.engine.crypto.MasterKey;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.WrongKey;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.format.SealedDocument;
import dev.holdfast.engine.index.ChunkIndex;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.store.StoreKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open repository: one or more destinations that hold the same snapshots under the same keys. Safe for many threads.
 */
public final class Repository implements AutoCloseable {
    private static final long COMPARE_MEMORY_BYTES = 64L << 20;
    private static final int CHUNKS_AHEAD = 24;

    private final String id;
    private final Replicas replicas;
    private final RepositoryKeys keys;
    private final Chunker chunker;
    private final RepositoryOptions options;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Synchroniser synchroniser;
    private final Map<SnapshotId, CommitRecord> records;
    private final ExecutorService fetchers = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore shares = new Semaphore(CHUNKS_AHEAD);
    private final MemoryBudget compareBudget = new MemoryBudget(COMPARE_MEMORY_BYTES);
    private List<Finding> findings = List.of();
    private @Nullable ChunkReader reader;
    private final List<ChunkIndex> loaded = new ArrayList<>();

    private Repository(
            ConfigFile config,
            Replicas replicas,
            RepositoryKeys keys,
            RepositoryOptions options,
            InstantSource clock,
            SecureRandom random) {
        this.id = config.id();
        this.replicas = replicas;
        this.keys = keys;
        this.chunker = new Chunker(config.chunker(), keys.chunkerKey());
        this.options = options;
        this.clock = clock;
        this.random = random;
        this.records = new ConcurrentHashMap<>();
        this.synchroniser = new Synchroniser(replicas, keys, options.spool(), records);
    }

    /**
     * What {@link #create} made.
     *
     * @param id the repository's own id, 32 hexadecimal digits
     * @param recoveryCode opens the repository without the passphrase; shown once; empty if the repository existed before
     *     and destinations were only added
     * @param added names of the destinations that were made ready now
     */
    public record Created(String id, String recoveryCode, List<String> added) {
        public Created {
            added = List.copyOf(added);
        }
    }

    /**
     * Makes a new repository at all destinations, or adds destinations that have none to those that have. Harmless when
     * nothing is left to do. Every destination must answer, and proves before anything is written that it is suitable.
     *
     * @param passphrase at least 8 characters
     * @param keeping is given the recovery code of a new repository just before there is one; if it throws, there is none
     * @throws WrongKey if a destination has a repository that the passphrase does not open
     * @throws Invalid if two destinations hold different repositories
     */
    public static Created create(
            List<Destination> destinations,
            RepositoryKey.Passphrase passphrase,
            Consumer<String> keeping,
            SecureRandom random) {
        return new RepositoryCreation(destinations, passphrase, keeping, random).run();
    }

    /**
     * Opens a repository. Destinations that do not answer are left out and reported by {@link #destinations}; one at least
     * must answer.
     *
     * @throws Missing (REPOSITORY_MISSING) if no destination holds a repository
     * @throws WrongKey if the key does not open it
     */
    public static Repository open(
            List<Destination> destinations,
            RepositoryKey key,
            RepositoryOptions options,
            InstantSource clock,
            SecureRandom random) {
        Replicas replicas = new Replicas(destinations);
        ConfigFile config = Unlocking.config(replicas);
        MasterKey master = Unlocking.unlock(replicas, config, key);
        return new Repository(config, replicas, new RepositoryKeys(config.id(), master), options, clock, random);
    }

    /** The repository's own id, 32 hexadecimal digits. */
    public String id() {
        return id;
    }

    /** How each destination stood when it was last used. */
    public List<DestinationState> destinations() {
        return replicas.states();
    }

    /** What was found wrong when the snapshots were last listed or read; a damaged record hides its snapshot. */
    public synchronized List<Finding> findings() {
        return findings;
    }

    /** All committed snapshots that were not forgotten, in the order in which they were begun. */
    public List<Snapshot> snapshots() {
        return state().snapshots();
    }

    private RepositoryState state() {
        RepositoryState state = RepositoryState.load(replicas, keys, records);
        note(state.damaged().stream()
                .map(e -> new Finding("repository", e.getMessage()))
                .toList());
        return state;
    }

    private synchronized void note(List<Finding> found) {
        findings = List.copyOf(found);
    }

    /**
     * Begins a snapshot.
     *
     * @throws dev.holdfast.engine.error.Busy if another run writes a snapshot of the same stack, or a prune is running
     */
    public SnapshotWriter begin(String stack, Map<String, String> labels) {
        return begin(newLease(Lease.Purpose.WRITE, stack), labels, clock.instant());
    }

    /**
     * Begins a snapshot of what a backup of another tool shows: it has the backup's time, and its place in the order of snapshots, so that
     * it is never the latest because it was imported last.
     *
     * @param shown the moment that the backup shows; not later than now
     * @throws dev.holdfast.engine.error.Busy if another run writes a snapshot of the same stack, or a prune is running
     */
    public SnapshotWriter beginShowing(Instant shown, String stack, Map<String, String> labels) {
        Instant now = clock.instant();
        if (shown.isAfter(now)) {
            throw new IllegalArgumentException("a backup of " + shown + ", and it is " + now);
        }
        SnapshotId session = SnapshotId.at(shown, random);
        return begin(lease(session, Lease.Purpose.WRITE, stack, now), labels, shown);
    }

    private SnapshotWriter begin(Lease wanted, Map<String, String> labels, Instant began) {
        HeldLease lease = leases().take(wanted);
        try {
            return new Session(
                    new Session.Opened(replicas, keys, chunker, options, clock, random, synchroniser),
                    lease,
                    state(),
                    labels,
                    began);
        } catch (HoldfastException e) {
            lease.close();
            throw e;
        }
    }

    private Leases leases() {
        return new Leases(replicas, keys, random);
    }

    /** A lease for a session that comes after every session known, whatever the clock says. */
    private Lease newLease(Lease.Purpose purpose, String stack) {
        Instant now = clock.instant();
        Instant after = state().last().map(last -> last.time().plusMillis(1)).orElse(now);
        SnapshotId session = SnapshotId.at(after.isAfter(now) ? after : now, random);
        return lease(session, purpose, stack, now);
    }

    private Lease lease(SnapshotId session, Lease.Purpose purpose, String stack, Instant now) {
        return new Lease(session, purpose, stack, options.host(), ProcessIdentity.own(), now);
    }

    /** Reads one part of a snapshot. */
    public PartReader read(Snapshot snapshot, Part part) {
        return new PartView(part, reader(), keys, chunker, fetchers, shares, compareBudget);
    }

    private synchronized ChunkReader reader() {
        if (reader == null) {
            reader = new ChunkReader(replicas, keys, loadIndex(), this::loadIndex);
        }
        return reader;
    }

    private synchronized ChunkIndex loadIndex() {
        IndexLoader.Loaded newest = new IndexLoader(replicas, keys).load(state(), true);
        note(newest.findings());
        // streams may still use the one before: all are closed with the repository
        loaded.add(newest.index());
        return newest.index();
    }

    /**
     * Checks every destination: that everything the snapshots need is there, and with {@code readData} that every byte is
     * what was written.
     */
    public CheckReport check(boolean readData, Progress progress) {
        return new Checker(replicas, keys, progress).check(state(), readData);
    }

    /** Snapshots that cannot be forgotten until they are released. */
    public Set<SnapshotId> pinned() {
        return state().pins().pinned();
    }

    /**
     * Holds on to a snapshot, or releases it.
     *
     * @throws Missing (SNAPSHOT_MISSING) if it is not there, or was forgotten meanwhile
     * @throws Invalid (CONFLICT) if somebody forgets it at the same moment: a prune may not have seen the pin
     */
    public void pin(SnapshotId snapshot, boolean pinned) {
        RepositoryState state = state();
        while (state.pins().isPinned(snapshot) != pinned) {
            requirePresent(state, snapshot);
            turn(state.pins(), snapshot);
            state = state();
        }
        requirePresent(state, snapshot);
        if (pinned && state.contested().contains(snapshot)) {
            // whoever forgets it may have looked before the pin was there: then it is to be forgotten
            turn(state.pins(), snapshot);
            throw new Invalid(
                    ErrorCode.CONFLICT,
                    "snapshot " + snapshot + " is being forgotten at this moment",
                    "look with 'holdfast snapshots' whether it is still there, and pin it again.");
        }
        synchroniser.catchUp(Progress.NONE);
    }

    /** Pins what is released, and releases what is pinned. */
    private void turn(Pins pins, SnapshotId snapshot) {
        StoreKey key = pins.next(snapshot);
        byte[] note = ((pins.isPinned(snapshot) ? "released " : "pinned ") + clock.instant())
                .getBytes(StandardCharsets.UTF_8);
        try {
            replicas.create(key, SealedDocument.seal(FileKind.PIN, key, note, keys, random));
        } catch (AlreadyExists e) {
            // somebody else did so, or the opposite, at the same time
        }
    }

    private static void requirePresent(RepositoryState state, SnapshotId snapshot) {
        if (state.snapshots().stream().noneMatch(one -> one.id().equals(snapshot))) {
            throw new Missing(
                    ErrorCode.SNAPSHOT_MISSING,
                    "there is no snapshot " + snapshot,
                    "run 'holdfast snapshots' to see which there are.");
        }
    }

    /**
     * Marks snapshots as no longer wanted; {@link #prune} frees their space.
     *
     * @throws Invalid (CONFLICT) if one of them is pinned; then none is forgotten, or, if that happened meanwhile, all but those
     */
    public void forget(Set<SnapshotId> snapshots) {
        Pins pins = state().pins();
        snapshots.stream().filter(pins::isPinned).min(Comparator.naturalOrder()).ifPresent(snapshot -> {
            throw pinned(snapshot, "nothing was forgotten");
        });
        for (SnapshotId snapshot : snapshots) {
            StoreKey key = RepositoryState.forgetKey(snapshot);
            byte[] note = ("forgotten " + clock.instant()).getBytes(StandardCharsets.UTF_8);
            try {
                replicas.create(key, SealedDocument.seal(FileKind.FORGET, key, note, keys, random));
            } catch (AlreadyExists e) {
                // forgotten before
            }
        }
        // a pin that was made meanwhile counts, and its release shall not bring this back
        List<SnapshotId> contested = state().contested().stream()
                .filter(snapshots::contains)
                .sorted()
                .toList();
        contested.forEach(snapshot -> replicas.delete(RepositoryState.forgetKey(snapshot)));
        synchroniser.catchUp(Progress.NONE);
        if (!contested.isEmpty()) {
            throw pinned(contested.getFirst(), "it was not forgotten");
        }
    }

    private static Invalid pinned(SnapshotId snapshot, String so) {
        return new Invalid(
                ErrorCode.CONFLICT,
                "snapshot " + snapshot + " is pinned, so " + so,
                "release it first: holdfast pin --release " + snapshot + ".");
    }

    /**
     * Frees the space that no snapshot needs.
     *
     * @throws dev.holdfast.engine.error.Busy if a writer is open
     */
    public PruneReport prune(boolean dryRun, Progress progress) {
        Pruner pruner = new Pruner(replicas, keys, options, random);
        if (dryRun) {
            return pruner.prune(state(), newLease(Lease.Purpose.PRUNE, "").session(), true, progress);
        }
        Lease lease = newLease(Lease.Purpose.PRUNE, "");
        synchroniser.catchUp(progress);
        try (HeldLease held = leases().take(lease)) {
            return pruner.prune(state(), held.lease().session(), false, progress);
        }
    }

    /** Brings all destinations level by copying what some have and others lack. */
    public SyncReport sync(Progress progress) {
        return synchroniser.all(progress);
    }

    /**
     * Removes the leases of all sessions. Writers among them can never commit afterwards; a prune that still runs on another
     * machine is not stopped, so this is for people who know that it is gone.
     *
     * @return what was removed, for people
     */
    public List<String> unlock() {
        return leases().breakAll();
    }

    @Override
    public synchronized void close() {
        fetchers.shutdownNow();
        loaded.forEach(ChunkIndex::close);
        replicas.all().forEach(replica -> replica.store().close());
    }
}
