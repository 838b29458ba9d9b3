package dev.holdfast.engine.store;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * A store that tries again where trying again can help: after {@link Unavailable}, a bounded number of times, with pauses
 * that double and are drawn at random so that many clients do not return at once. Every other failure passes at once.
 *
 * <p>A creation that was answered with {@link Unavailable} may have happened all the same; its retry then meets its own
 * object. That is told apart from somebody else's by reading the object back: the same bytes are a success.
 *
 * <p>Until the store has answered once, in whatever way, a call is made three times at most: a destination that is away then
 * costs a few seconds.
 *
 * <p>Safe for many threads. An interrupt ends the waiting with {@link Cancelled}; the thread stays interrupted.
 */
public final class RetryingStore implements ObjectStore {
    private static final int COMPARED_AT_ONCE = 4 << 20;

    /** A store that never answered is more likely away than shaken. */
    private static final int TRIES_BEFORE_FIRST_ANSWER = 3;

    private final ObjectStore store;
    private final Policy policy;
    private final Sleeper sleeper;
    private final DoubleSupplier random;
    private volatile boolean answered;

    /** Retries with the default policy. */
    public RetryingStore(ObjectStore store) {
        this(
                store,
                Policy.DEFAULT,
                Thread::sleep,
                () -> ThreadLocalRandom.current().nextDouble());
    }

    /**
     * @param sleeper how to wait
     * @param random gives numbers from 0 (inclusive) to 1 (exclusive)
     */
    public RetryingStore(ObjectStore store, Policy policy, Sleeper sleeper, DoubleSupplier random) {
        this.store = store;
        this.policy = policy;
        this.sleeper = sleeper;
        this.random = random;
    }

    /**
     * How often and how patiently.
     *
     * @param tries how often a call is made at most, at least 1
     * @param firstPause longest pause after the first failure; doubles with each further one
     * @param longestPause what the pauses never exceed
     */
    public record Policy(int tries, Duration firstPause, Duration longestPause) {
        /** Seven calls within about half a minute. */
        public static final Policy DEFAULT = new Policy(7, Duration.ofMillis(500), Duration.ofSeconds(15));

        public Policy {
            if (tries < 1 || firstPause.isNegative() || longestPause.compareTo(firstPause) < 0) {
                throw new IllegalArgumentException(tries + " tries, " + firstPause + " to " + longestPause);
            }
        }

        /** The pause after the {@code failures}-th failure in a row, between a half and the whole of its bound. */
        Duration pause(int failures, double random) {
            long bound = Math.min(longestPause.toMillis(), firstPause.toMillis() << Math.min(failures - 1, 20));
            return Duration.ofMillis((long) (bound * (0.5 + random / 2)));
        }
    }

    /** Waits; replaced in tests. */
    @FunctionalInterface
    public interface Sleeper {
        void sleep(Duration pause) throws InterruptedException;
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public void prepare() {
        retry(store::prepare);
    }

    @Override
    public void probe() {
        retry(store::probe);
    }

    @Override
    public void create(StoreKey key, Body body) {
        boolean[] tried = {false};
        retry(() -> {
            try {
                store.create(key, body);
            } catch (Unavailable e) {
                tried[0] = true;
                throw e;
            } catch (AlreadyExists e) {
                if (!tried[0] || !holds(key, body)) {
                    throw e;
                }
            }
        });
    }

    private boolean holds(StoreKey key, Body body) {
        if (store.size(key) != body.bytes()) {
            return false;
        }
        try (InputStream ours = open(body)) {
            for (long offset = 0; offset < body.bytes(); offset += COMPARED_AT_ONCE) {
                byte[] expected = ours.readNBytes(COMPARED_AT_ONCE);
                if (!Arrays.equals(expected, store.read(key, offset, expected.length))) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(Body body) throws IOException {
        return switch (body) {
            case Body.InMemory memory -> new java.io.ByteArrayInputStream(memory.content());
            case Body.InFile file -> Files.newInputStream(file.path());
        };
    }

    @Override
    public byte[] read(StoreKey key) {
        return retry(() -> store.read(key));
    }

    @Override
    public byte[] read(StoreKey key, long offset, int length) {
        return retry(() -> store.read(key, offset, length));
    }

    @Override
    public long size(StoreKey key) {
        return retry(() -> store.size(key));
    }

    /** Lists; what was already told before a failure is not told again. */
    @Override
    public void list(String prefix, Consumer<StoredObject> consumer) {
        Set<StoreKey> told = new HashSet<>();
        retry(() -> store.list(prefix, object -> {
            if (told.add(object.key())) {
                consumer.accept(object);
            }
        }));
    }

    @Override
    public void delete(StoreKey key) {
        retry(() -> store.delete(key));
    }

    @Override
    public int sweepTemporary(Instant olderThan) {
        return retry(() -> store.sweepTemporary(olderThan));
    }

    @Override
    public OptionalLong freeBytes() {
        return retry(store::freeBytes);
    }

    @Override
    public Optional<Path> spool() {
        return store.spool();
    }

    @Override
    public void close() {
        store.close();
    }

    private void retry(Runnable call) {
        retry(() -> {
            call.run();
            return true;
        });
    }

    private <T> T retry(Supplier<T> call) {
        for (int failures = 1; ; failures++) {
            try {
                T answer = call.get();
                answered = true;
                return answer;
            } catch (Unavailable e) {
                if (failures >= (answered ? policy.tries() : Math.min(TRIES_BEFORE_FIRST_ANSWER, policy.tries()))) {
                    throw e;
                }
                pause(policy.pause(failures, random.getAsDouble()), e);
            } catch (HoldfastException e) {
                answered = true;
                throw e;
            }
        }
    }

    private void pause(Duration pause, Unavailable cause) {
        try {
            sleeper.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Cancelled cancelled = new Cancelled(
                    ErrorCode.CANCELLED, "stopped while waiting for " + store.location() + " to answer", "", cause);
            cancelled.addSuppressed(e);
            throw cancelled;
        }
    }
}
