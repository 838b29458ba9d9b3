package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.pack.PackInfo;
import dev.holdfast.engine.pack.SpoolFile;
import dev.holdfast.engine.store.Body;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings finished packs from the spool to every destination, each at its own pace. A destination that fails, or that holds up
 * the spool while another has nothing left to do, falls behind and is caught up when the session ends. Safe for many threads.
 */
final class Shipping implements AutoCloseable {
    private static final int MAX_SPOOLED_PACKS = 6;

    private final Replicas replicas;
    private final List<Lane> lanes = new ArrayList<>();
    private int spooled;
    private boolean closed;
    private @Nullable HoldfastException lastFailure;

    /** A pack on its way. */
    private static final class Parcel {
        final PackInfo pack;
        final SpoolFile file;
        int open;

        Parcel(PackInfo pack, SpoolFile file) {
            this.pack = pack;
            this.file = file;
        }
    }

    private static final class Lane {
        final Replica replica;
        final Deque<Parcel> queue = new ArrayDeque<>();
        boolean busy;
        boolean dropped;

        Lane(Replica replica) {
            this.replica = replica;
        }

        boolean idle() {
            return !busy && queue.isEmpty() && !dropped;
        }
    }

    Shipping(Replicas replicas) {
        this.replicas = replicas;
        for (Replica replica : replicas.level()) {
            Lane lane = new Lane(replica);
            lanes.add(lane);
            Thread.ofVirtual().name("ship-" + replica.name()).start(() -> run(lane));
        }
    }

    /** Takes over a finished pack; waits while the spool is full. */
    synchronized void ship(PackInfo pack, SpoolFile file) {
        while (spooled >= MAX_SPOOLED_PACKS && !closed) {
            dropWhoeverHoldsUp();
            if (spooled >= MAX_SPOOLED_PACKS) {
                pause();
            }
        }
        requireSomebody();
        Parcel parcel = new Parcel(pack, file);
        for (Lane lane : lanes) {
            if (!lane.dropped) {
                lane.queue.addLast(parcel);
                parcel.open++;
            }
        }
        spooled++;
        notifyAll();
    }

    private void dropWhoeverHoldsUp() {
        if (lanes.stream().anyMatch(Lane::idle)) {
            for (Lane lane : lanes) {
                if (!lane.idle() && !lane.dropped) {
                    drop(lane, "it is slower than the others", true);
                }
            }
        }
    }

    private void drop(Lane lane, String reason, boolean reachable) {
        lane.dropped = true;
        lane.replica.fallBehind(reason, reachable);
        while (!lane.queue.isEmpty()) {
            release(lane.queue.removeFirst());
        }
    }

    private void release(Parcel parcel) {
        if (--parcel.open == 0) {
            parcel.file.delete();
            spooled--;
            notifyAll();
        }
    }

    private void run(Lane lane) {
        while (true) {
            Parcel parcel = next(lane);
            if (parcel == null) {
                return;
            }
            HoldfastException failure = send(lane, parcel);
            synchronized (this) {
                lane.busy = false;
                release(parcel);
                if (failure != null && !lane.dropped) {
                    lastFailure = failure;
                    drop(lane, failure.getMessage(), true);
                }
                notifyAll();
            }
        }
    }

    private synchronized @Nullable Parcel next(Lane lane) {
        while (lane.queue.isEmpty()) {
            if (closed || lane.dropped) {
                return null;
            }
            pause();
        }
        lane.busy = true;
        return lane.queue.removeFirst();
    }

    private static @Nullable HoldfastException send(Lane lane, Parcel parcel) {
        try {
            boolean adoptable = parcel.file.liesWith(lane.replica.name());
            lane.replica
                    .store()
                    .create(parcel.pack.key(), new Body.InFile(parcel.file.path(), parcel.pack.bytes(), adoptable));
            return null;
        } catch (HoldfastException e) {
            return e;
        } catch (RuntimeException | Error e) {
            // whatever it is must not leave those waiting who wait for this lane
            return new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE, "writing '" + parcel.pack.key() + "' failed: " + e, "", e);
        }
    }

    /**
     * Waits until everything taken over has arrived everywhere it can.
     *
     * @throws HoldfastException if no destination is left
     */
    synchronized void await() {
        while (lanes.stream().anyMatch(lane -> lane.busy || !lane.queue.isEmpty())) {
            pause();
        }
        requireSomebody();
    }

    private void requireSomebody() {
        if (closed) {
            throw new IllegalStateException("the session has ended");
        }
        if (lanes.stream().allMatch(lane -> lane.dropped)) {
            throw lastFailure != null ? lastFailure : replicas.nobody();
        }
    }

    /** Waits for a change; every caller asks again in a loop whether it is the one it waits for. */
    @SuppressWarnings("WaitNotInLoop")
    private void pause() {
        try {
            wait();
        } catch (InterruptedException e) {
            throw MemoryBudget.interrupted(e);
        }
    }

    /** Ends the lanes; what waits in the spool is given up. */
    @Override
    public synchronized void close() {
        closed = true;
        for (Lane lane : lanes) {
            while (!lane.queue.isEmpty()) {
                release(lane.queue.removeFirst());
            }
        }
        notifyAll();
        while (lanes.stream().anyMatch(lane -> lane.busy)) {
            pause();
        }
    }
}
