package dev.holdfast.engine.repository;

import dev.holdfast.engine.store.ObjectStore;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A destination in use. Once something went wrong with it, it is behind: it takes no part in the run until it has been brought
 * level. Safe for many threads.
 */
final class Replica {
    private final Destination destination;
    private final AtomicReference<Lag> lag = new AtomicReference<>();

    /**
     * Why a destination is behind.
     *
     * @param reason for people
     * @param reachable whether it may be caught up within this run
     */
    record Lag(String reason, boolean reachable) {}

    Replica(Destination destination) {
        this.destination = destination;
    }

    String name() {
        return destination.name();
    }

    ObjectStore store() {
        return destination.store();
    }

    boolean isLevel() {
        return lag.get() == null;
    }

    /** Whether it can be read and caught up. */
    boolean isReachable() {
        Lag now = lag.get();
        return now == null || now.reachable();
    }

    /** Notes that it misses something; the first reason stays, unless it has now become unreachable. */
    void fallBehind(String reason, boolean reachable) {
        Lag next = new Lag(reason, reachable);
        lag.accumulateAndGet(next, (now, then) -> now == null || (now.reachable() && !then.reachable()) ? then : now);
    }

    /** Notes that it holds everything again. */
    void catchUp() {
        lag.set(null);
    }

    Optional<Lag> lag() {
        return Optional.ofNullable(lag.get());
    }

    DestinationState state() {
        return new DestinationState(
                name(), store().location(), isLevel(), lag().map(Lag::reason).orElse(""));
    }
}
