package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.StoreKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** All destinations of a repository. Safe for many threads. */
final class Replicas {
    private final List<Replica> all;

    Replicas(List<Destination> destinations) {
        this.all = destinations.stream().map(Replica::new).toList();
    }

    List<Replica> all() {
        return all;
    }

    List<Replica> level() {
        return all.stream().filter(Replica::isLevel).toList();
    }

    List<Replica> reachable() {
        return all.stream().filter(Replica::isReachable).toList();
    }

    List<DestinationState> states() {
        return all.stream().map(Replica::state).toList();
    }

    /** Which destinations hold which objects of a folder, and how long each is. */
    Map<StoreKey, Map<Replica, Long>> list(String prefix) {
        Map<StoreKey, Map<Replica, Long>> found = new TreeMap<>();
        int answered = 0;
        HoldfastException failure = null;
        for (Replica replica : reachable()) {
            try {
                Map<StoreKey, Long> own = new TreeMap<>();
                replica.store().list(prefix, object -> own.put(object.key(), object.bytes()));
                own.forEach((key, bytes) -> found.computeIfAbsent(key, k -> new java.util.LinkedHashMap<>())
                        .put(replica, bytes));
                answered++;
            } catch (HoldfastException e) {
                replica.fallBehind(e.getMessage(), false);
                failure = e;
            }
        }
        if (answered == 0) {
            throw failure != null ? failure : nobody();
        }
        return found;
    }

    /**
     * Reads an object from the first destination whose copy is sound.
     *
     * @param open opens what was read; throws Damaged if it does not hold
     * @throws HoldfastException the first failure, if no copy is sound
     */
    <T> T read(StoreKey key, BiFunction<Replica, byte[], T> open) {
        HoldfastException first = null;
        for (Replica replica : reachable()) {
            try {
                return open.apply(replica, replica.store().read(key));
            } catch (HoldfastException e) {
                first = worse(first, e);
            }
        }
        throw first != null ? first : nobody();
    }

    /** Damage says more than absence. */
    static HoldfastException worse(@Nullable HoldfastException first, HoldfastException next) {
        return first == null || (first instanceof Missing && next instanceof Damaged) ? next : first;
    }

    /**
     * Creates an object at every level destination; one that fails falls behind.
     *
     * @throws HoldfastException the last failure, if it could be created nowhere
     */
    void create(StoreKey key, byte[] content) {
        HoldfastException failure = null;
        List<Replica> targets = level();
        List<Replica> done = new ArrayList<>();
        for (Replica replica : targets) {
            try {
                replica.store().create(key, Body.of(content));
                done.add(replica);
            } catch (AlreadyExists e) {
                throw e;
            } catch (HoldfastException e) {
                replica.fallBehind(e.getMessage(), true);
                failure = e;
            }
        }
        if (done.isEmpty()) {
            throw failure != null ? failure : nobody();
        }
    }

    /** Deletes an object wherever it can be reached; a destination that fails falls behind. */
    void delete(StoreKey key) {
        for (Replica replica : reachable()) {
            try {
                replica.store().delete(key);
            } catch (HoldfastException e) {
                replica.fallBehind(e.getMessage(), true);
            }
        }
    }

    HoldfastException nobody() {
        return new dev.holdfast.engine.error.Unavailable(
                ErrorCode.STORE_UNAVAILABLE,
                "no destination answers: " + states(),
                "See that one of them can be reached, then try again.");
    }
}
