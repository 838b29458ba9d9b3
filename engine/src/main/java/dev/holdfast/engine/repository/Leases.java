package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.format.RepositoryKeys;
import dev.holdfast.engine.format.SealedDocument;
import dev.holdfast.engine.store.Body;
import dev.holdfast.engine.store.StoreKey;
import dev.holdfast.engine.store.StoredObject;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may work at the same time: any number of writers of different stacks, or one prune. Everybody first puts down a lease,
 * then looks at the leases of others, so of two at least one sees the other.
 *
 * <p>A writer that is dead, or silent for a quarter of an hour by the store's own clock, is fenced: its place in the log is
 * taken by an abort record, after which it can never commit, whatever it believes. So a wrong guess about a writer costs that
 * writer its run and nobody their data. A prune deletes, so only a prune whose process has provably ended is passed over.
 */
final class Leases {
    private static final String FOLDER = FileKind.LEASE.folder();
    private static final Duration SILENCE = Duration.ofMinutes(15);

    private final Replicas replicas;
    private final RepositoryKeys keys;
    private final SecureRandom random;

    Leases(Replicas replicas, RepositoryKeys keys, SecureRandom random) {
        this.replicas = replicas;
        this.keys = keys;
        this.random = random;
    }

    /** A session as the leases show it; without a lease if that could not be read. */
    private record Seen(SnapshotId session, @Nullable Lease lease, Duration silence, List<StoreKey> files) {}

    /**
     * Takes a lease.
     *
     * @throws Busy if somebody is at work who excludes this
     */
    HeldLease take(Lease lease) {
        HeldLease held = new HeldLease(replicas, keys, random, lease);
        held.begin();
        try {
            for (Seen other : others(lease.session())) {
                if (excludes(lease, other)) {
                    passOver(lease, other);
                }
            }
            return held;
        } catch (HoldfastException e) {
            held.close();
            throw e;
        }
    }

    private static boolean excludes(Lease own, Seen other) {
        if (other.lease == null || own.purpose() == Lease.Purpose.PRUNE) {
            return true;
        }
        return other.lease.purpose() == Lease.Purpose.PRUNE
                || other.lease.stack().equals(own.stack());
    }

    private void passOver(Lease own, Seen other) {
        Lease lease = other.lease;
        boolean silent = other.silence.compareTo(SILENCE) > 0;
        boolean dead = lease != null && lease.process().provablyDead();
        boolean mayPass = dead || (silent && (lease == null || lease.purpose() == Lease.Purpose.WRITE));
        if (!mayPass) {
            throw busy(own, other);
        }
        fence(other.session);
        other.files.forEach(replicas::delete);
    }

    private static Busy busy(Lease own, Seen other) {
        String who = other.lease == null ? "an unreadable lease '" + other.files + "'" : other.lease.shown();
        boolean prune = other.lease != null && other.lease.purpose() == Lease.Purpose.PRUNE;
        return new Busy(
                ErrorCode.REPOSITORY_BUSY,
                "the repository is in use by " + who + ", so "
                        + (own.purpose() == Lease.Purpose.PRUNE ? "a prune" : "a backup of stack '" + own.stack() + "'")
                        + " cannot begin",
                prune
                        ? "Wait until it has ended. If its machine is gone for good, run 'holdfast unlock'."
                        : "Wait until it has ended; if it died on another machine, it is passed over after "
                                + SILENCE.toMinutes() + " minutes of silence.");
    }

    /** Takes the session's place in the log, so that it can no longer commit; harmless if it has ended already. */
    private void fence(SnapshotId session) {
        StoreKey key = RepositoryState.logKey(session);
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        byte[] record = CommitRecord.aborted(HexFormat.of().formatHex(nonce)).encode();
        for (Replica replica : replicas.reachable()) {
            try {
                replica.store().create(key, Body.of(SealedDocument.seal(FileKind.LOG, key, record, keys, random)));
            } catch (AlreadyExists e) {
                // it committed or was fenced before
            }
        }
    }

    /**
     * Removes every lease of a session that is not this process's own doing, fencing writers first.
     *
     * @return what was removed, for people
     */
    List<String> breakAll() {
        List<String> broken = new ArrayList<>();
        for (Seen other : others(null)) {
            fence(other.session);
            other.files.forEach(replicas::delete);
            broken.add(other.lease == null ? other.files.toString() : other.lease.shown());
        }
        return broken;
    }

    private List<Seen> others(@Nullable SnapshotId own) {
        Map<SnapshotId, List<StoreKey>> files = new TreeMap<>();
        Map<SnapshotId, Duration> silence = new TreeMap<>();
        for (Replica replica : replicas.reachable()) {
            List<StoredObject> listed = new ArrayList<>();
            replica.store().list(FOLDER, listed::add);
            Instant now = now(listed, own);
            for (StoredObject file : listed) {
                Optional<SnapshotId> session = Lease.session(file.key());
                if (session.isPresent() && !session.get().equals(own)) {
                    files.computeIfAbsent(session.get(), s -> new ArrayList<>()).add(file.key());
                    silence.merge(session.get(), Duration.between(file.modified(), now), Leases::shorter);
                }
            }
        }
        List<Seen> seen = new ArrayList<>();
        files.forEach((session, names) -> seen.add(
                new Seen(session, read(names), silence.getOrDefault(session, Duration.ZERO), List.copyOf(names))));
        return seen;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** The store's own time: when it took the lease that was just put down. */
    private static Instant now(List<StoredObject> listed, @Nullable SnapshotId own) {
        return listed.stream()
                .filter(file -> own != null
                        && Lease.session(file.key()).filter(own::equals).isPresent())
                .map(StoredObject::modified)
                .findFirst()
                .orElse(Instant.EPOCH);
    }

    private @Nullable Lease read(List<StoreKey> files) {
        for (StoreKey file : files) {
            try {
                return RepositoryState.readDocument(FileKind.LEASE, file, replicas, keys, Lease::decode);
            } catch (HoldfastException e) {
                // the next beat may have replaced it; an unreadable lease counts as somebody unknown
            }
        }
        return null;
    }
}
