package dev.holdfast.control.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;

/**
 * Slows down who guesses, by user and by address. What was tried stands in the catalog, so it counts at every server and
 * survives a restart. A try counts as failed when it begins, and is taken back when it succeeds: many at once gain nothing.
 * The table is bounded. Safe for many threads.
 */
public final class SignInLimits {
    private static final long MOST_SUBJECTS = 20_000;
    private static final int SWEEP_EVERY = 256;

    private final Tables tables;
    private final InstantSource clock;
    private final AtomicLong tries = new AtomicLong();

    SignInLimits(Tables tables, InstantSource clock) {
        this.tables = tables;
        this.clock = clock;
    }

    /**
     * Counts a try.
     *
     * @param name what is tried: the user's name, whether there is such a user or not
     * @return how long to wait; the try must not go on then. Empty: go on
     */
    Optional<Duration> begin(String name, Caller caller) {
        List<Subject> subjects = tables.read(handle -> subjects(handle, name, caller));
        Optional<Duration> wait = tables.read(handle -> longestWait(handle, subjects));
        if (wait.isPresent()) {
            return wait;
        }
        if (tries.incrementAndGet() % SWEEP_EVERY == 0) {
            sweep();
        }
        return tables.write(handle -> count(handle, subjects));
    }

    /** Takes a try back that succeeded: the user begins anew; the address is as it was before the try. */
    void succeeded(String name, Caller caller) {
        tables.change(handle -> {
            List<Subject> subjects = subjects(handle, name, caller);
            handle.execute(
                    "DELETE FROM access_attempt WHERE subject = ?",
                    subjects.getFirst().key());
            handle.execute(
                    "UPDATE access_attempt SET failures = failures - 1, until_at = 0 WHERE subject = ? AND failures > 0",
                    subjects.getLast().key());
        });
    }

    /** Removes what is forgotten, and the oldest of too many. */
    public void sweep() {
        long forgotten = clock.instant().minus(DelayRule.USER.forget()).toEpochMilli();
        tables.change(handle -> {
            handle.execute("DELETE FROM access_attempt WHERE last_at < ?", forgotten);
            handle.execute("""
                    DELETE FROM access_attempt WHERE subject IN
                      (SELECT subject FROM access_attempt ORDER BY last_at DESC LIMIT 1000000 OFFSET ?)""", MOST_SUBJECTS);
        });
    }

    private record Subject(String key, DelayRule rule) {}

    /** What one try counts against; always in this order, so that two servers never wait for each other. */
    private static List<Subject> subjects(Handle handle, String name, Caller caller) {
        String key = UserName.key(name);
        String who = isAtHome(handle, key, caller) ? "user at home " + caller.address() + " " + key : "user " + key;
        return List.of(
                new Subject(OpaqueSecret.hash(who), DelayRule.USER),
                new Subject(OpaqueSecret.hash("address " + network(caller.address())), DelayRule.ADDRESS));
    }

    /**
     * Whether the user has a session from this very address: then the tries count for themselves, so a stranger who guesses
     * elsewhere cannot keep the user out.
     */
    private static boolean isAtHome(Handle handle, String key, Caller caller) {
        return UserName.isValid(key)
                && handle.createQuery("""
                                SELECT count(*) FROM access_session
                                WHERE user_id = (SELECT id FROM access_user WHERE name_key = :key) AND address = :address""")
                                .bind("key", key)
                                .bind("address", caller.address())
                                .mapTo(Long.class)
                                .one()
                        > 0;
    }

    /** An address; of IPv6 the first 64 bits, because whoever has one address has all of those. */
    static String network(String address) {
        try {
            return address.contains(":") ? prefix(InetAddress.ofLiteral(address)) : address;
        } catch (IllegalArgumentException e) {
            return address;
        }
    }

    private static String prefix(InetAddress address) {
        try {
            byte[] bytes = address.getAddress();
            int kept = bytes.length == 16 ? 8 : bytes.length;
            return InetAddress.getByAddress(Arrays.copyOf(Arrays.copyOf(bytes, kept), bytes.length))
                    .getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("it has the length of an address", e);
        }
    }

    private Optional<Duration> count(Handle handle, List<Subject> subjects) {
        subjects.forEach(subject -> hold(handle, subject));
        Optional<Duration> wait = longestWait(handle, subjects);
        if (wait.isEmpty()) {
            subjects.forEach(subject -> count(handle, subject));
        }
        return wait;
    }

    /** Makes the row, or keeps others from it until the transaction ends. */
    private void hold(Handle handle, Subject subject) {
        handle.createUpdate("""
                        INSERT INTO access_attempt (subject, failures, last_at, until_at) VALUES (:subject, 0, :now, 0)
                        ON CONFLICT (subject) DO UPDATE SET failures =
                          CASE WHEN access_attempt.last_at < :forgotten THEN 0 ELSE access_attempt.failures END""")
                .bind("subject", subject.key())
                .bind("now", clock.millis())
                .bind(
                        "forgotten",
                        clock.instant().minus(subject.rule().forget()).toEpochMilli())
                .execute();
    }

    private void count(Handle handle, Subject subject) {
        long failures = 1
                + handle.createQuery("SELECT failures FROM access_attempt WHERE subject = :subject")
                        .bind("subject", subject.key())
                        .mapTo(Long.class)
                        .one();
        handle.createUpdate("""
                        UPDATE access_attempt SET failures = :failures, last_at = :now, until_at = :until
                        WHERE subject = :subject""")
                .bind("failures", failures)
                .bind("now", clock.millis())
                .bind(
                        "until",
                        clock.instant().plus(subject.rule().after(failures)).toEpochMilli())
                .bind("subject", subject.key())
                .execute();
    }

    private Optional<Duration> longestWait(Handle handle, List<Subject> subjects) {
        long until = handle.createQuery(
                        "SELECT coalesce(max(until_at), 0) FROM access_attempt WHERE subject IN (:user, :address)")
                .bind("user", subjects.getFirst().key())
                .bind("address", subjects.getLast().key())
                .mapTo(Long.class)
                .one();
        long wait = until - clock.millis();
        return wait > 0 ? Optional.of(Duration.ofMillis(wait)) : Optional.empty();
    }
}
