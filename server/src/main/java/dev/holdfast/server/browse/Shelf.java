package dev.holdfast.server.browse;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.operation.OpenRepository;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.PartReader;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Repositories that somebody looks into. Opening one takes a second, because its key is derived slowly on purpose; so it stays
 * open until nobody has looked for a while, or its place is needed. Safe for many threads.
 */
public final class Shelf implements AutoCloseable {
    /** How many are open at once; each holds an index. */
    public static final int MOST = 8;

    private static final Duration IDLE = Duration.ofMinutes(2);

    private final Repositories repositories;
    private final InstantSource clock;
    private final Map<String, Shelved> shelved = new HashMap<>();
    private boolean closed;

    public Shelf(Repositories repositories, InstantSource clock) {
        this.repositories = repositories;
        this.clock = clock;
    }

    /** A repository that was lent; to be given back by closing. */
    public final class Lent implements AutoCloseable {
        private final Shelved from;
        private final OpenRepository repository;

        private Lent(Shelved from, OpenRepository repository) {
            this.from = from;
            this.repository = repository;
        }

        public OpenRepository repository() {
            return repository;
        }

        /**
         * @throws Missing (SNAPSHOT_MISSING) if the stack has no such snapshot
         */
        public Snapshot snapshot(String stack, SnapshotId id) {
            return repository.snapshots().stream()
                    .filter(snapshot ->
                            snapshot.id().equals(id) && snapshot.stack().equals(stack))
                    .findFirst()
                    .orElseThrow(() ->
                            new Missing(ErrorCode.SNAPSHOT_MISSING, "stack '" + stack + "' has no snapshot " + id, ""));
        }

        /**
         * @throws Missing (PART_MISSING) if the snapshot has no such part
         */
        public PartReader part(Snapshot snapshot, String name) {
            Part part = snapshot.part(name)
                    .orElseThrow(() -> new Missing(
                            ErrorCode.PART_MISSING,
                            "snapshot " + snapshot.id() + " has no such part",
                            "its parts are: "
                                    + String.join(
                                            ", ",
                                            snapshot.parts().stream()
                                                    .map(Part::name)
                                                    .toList())
                                    + "."));
            return repository.read(snapshot, part);
        }

        @Override
        public void close() {
            giveBack(from);
        }
    }

    /** How many are open now. */
    public synchronized int count() {
        return shelved.size();
    }

    /**
     * Opens the repository of a stack, or lends the one that is open.
     *
     * @throws Busy (TOO_MANY_REQUESTS) if others look into as many as may be open
     */
    public Lent lend(StackRecord stack) {
        Shelved place = place(stack);
        place.opening.lock();
        try {
            OpenRepository open = place.repository;
            if (open == null) {
                open = repositories.open(place.config);
                place.repository = open;
            }
            return new Lent(place, open);
        } catch (RuntimeException e) {
            giveBack(place);
            throw e;
        } finally {
            place.opening.unlock();
        }
    }

    /** Closes what nobody has looked into for a while. */
    public synchronized void sweep() {
        Instant before = clock.instant().minus(IDLE);
        shelved.values().removeIf(place -> place.users == 0 && place.used.isBefore(before) && place.closed());
    }

    /** Closes all that nobody looks into; what is lent is closed when it is given back. */
    @Override
    public synchronized void close() {
        closed = true;
        shelved.values().forEach(place -> {
            place.dropped = true;
            if (place.users == 0) {
                place.closed();
            }
        });
        shelved.clear();
    }

    private synchronized Shelved place(StackRecord stack) {
        if (closed) {
            throw new Unavailable(ErrorCode.SERVER_UNAVAILABLE, "the server ends", "");
        }
        RepositoryConfig config = stack.config().repository();
        Shelved there = shelved.get(stack.name());
        if (there == null || !there.config.equals(config)) {
            Optional.ofNullable(there).ifPresent(old -> drop(stack.name(), old));
            makeRoom();
            there = new Shelved(config);
            shelved.put(stack.name(), there);
        }
        there.users++;
        return there;
    }

    private void makeRoom() {
        if (shelved.size() >= MOST) {
            Map.Entry<String, Shelved> idle = shelved.entrySet().stream()
                    .filter(place -> place.getValue().users == 0)
                    .min(Comparator.comparing(place -> place.getValue().used))
                    .orElseThrow(() -> new Busy(
                            ErrorCode.TOO_MANY_REQUESTS,
                            "people look into " + MOST + " repositories already",
                            "try again in a moment."));
            drop(idle.getKey(), idle.getValue());
        }
    }

    private void drop(String stack, Shelved old) {
        shelved.remove(stack);
        old.dropped = true;
        if (old.users == 0) {
            old.closed();
        }
    }

    private synchronized void giveBack(Shelved place) {
        place.users--;
        place.used = clock.instant();
        if (place.users == 0 && place.dropped) {
            place.closed();
        }
    }

    /** One stack's repository. */
    private static final class Shelved {
        private final RepositoryConfig config;
        private final ReentrantLock opening = new ReentrantLock();
        private volatile @Nullable OpenRepository repository;
        private int users;
        private Instant used = Instant.EPOCH;
        private boolean dropped;

        Shelved(RepositoryConfig config) {
            this.config = config;
        }

        /** Closes it; always true. */
        boolean closed() {
            OpenRepository open = repository;
            if (open != null) {
                open.close();
                repository = null;
            }
            return true;
        }
    }
}
