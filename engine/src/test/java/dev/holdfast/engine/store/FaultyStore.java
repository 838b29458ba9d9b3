package dev.holdfast.engine.store;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A store that fails as told, over any other. Calls of {@code create}, {@code read}, {@code size}, {@code list} and {@code
 * delete} are counted together from 1; what goes wrong at which call is said beforehand. Safe for many threads.
 */
public final class FaultyStore implements ObjectStore {
    /** The process died: nobody is meant to catch this. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash(String message) {
            super(message);
        }
    }

    private enum Fault {
        FAIL_BEFORE,
        FAIL_AFTER,
        TRUNCATE,
        FLIP_BIT
    }

    private final ObjectStore store;
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, Fault> faults = new ConcurrentHashMap<>();
    private final Map<Integer, CountDownLatch> waits = new ConcurrentHashMap<>();
    private volatile int crashAt = Integer.MAX_VALUE;
    private volatile boolean crashAfterEffect;
    private volatile boolean down;

    public FaultyStore(ObjectStore store) {
        this.store = store;
    }

    /** How many calls were made so far. */
    public int calls() {
        return calls.get();
    }

    /** The call answers {@link Unavailable} and does nothing. */
    public FaultyStore failBefore(int call) {
        faults.put(call, Fault.FAIL_BEFORE);
        return this;
    }

    /** The call does its work and then answers {@link Unavailable}: an answer lost on the way. */
    public FaultyStore failAfter(int call) {
        faults.put(call, Fault.FAIL_AFTER);
        return this;
    }

    /** The call, if it is a read, gives one byte less than it should. */
    public FaultyStore truncate(int call) {
        faults.put(call, Fault.TRUNCATE);
        return this;
    }

    /** The call, if it is a read, gives bytes of which one bit is wrong. */
    public FaultyStore flipBit(int call) {
        faults.put(call, Fault.FLIP_BIT);
        return this;
    }

    /** The call waits until the latch is open. */
    public FaultyStore hold(int call, CountDownLatch latch) {
        waits.put(call, latch);
        return this;
    }

    /** The process dies before this call has an effect; this and every later call throws {@link Crash}. */
    public FaultyStore crashBefore(int call) {
        crashAt = call;
        crashAfterEffect = false;
        return this;
    }

    /** The process dies when this call has had its effect; this and every later call throws {@link Crash}. */
    public FaultyStore crashAfter(int call) {
        crashAt = call;
        crashAfterEffect = true;
        return this;
    }

    /** From now on every call answers {@link Unavailable}, until {@link #up}. */
    public FaultyStore down() {
        down = true;
        return this;
    }

    public FaultyStore up() {
        down = false;
        return this;
    }

    @Override
    public String location() {
        return "faulty " + store.location();
    }

    @Override
    public void prepare() {
        store.prepare();
    }

    @Override
    public void probe() {
        store.probe();
    }

    @Override
    public void create(StoreKey key, Body body) {
        call("create " + key, () -> {
            store.create(key, body);
            return new byte[0];
        });
    }

    @Override
    public byte[] read(StoreKey key) {
        return call("read " + key, () -> store.read(key));
    }

    @Override
    public byte[] read(StoreKey key, long offset, int length) {
        return call("read " + key, () -> store.read(key, offset, length));
    }

    @Override
    public long size(StoreKey key) {
        return call("size " + key, () -> store.size(key));
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> consumer) {
        call("list " + prefix, () -> {
            store.list(prefix, consumer);
            return new byte[0];
        });
    }

    @Override
    public void delete(StoreKey key) {
        call("delete " + key, () -> {
            store.delete(key);
            return new byte[0];
        });
    }

    @Override
    public Optional<Path> spool() {
        return store.spool();
    }

    @Override
    public void close() {
        store.close();
    }

    private <T> T call(String what, Supplier<T> effect) {
        int call = calls.incrementAndGet();
        await(waits.get(call));
        if (call > crashAt || (call == crashAt && !crashAfterEffect)) {
            throw new Crash("dead at call " + call + ", " + what);
        }
        Fault fault = down ? Fault.FAIL_BEFORE : faults.get(call);
        if (fault == Fault.FAIL_BEFORE) {
            throw unavailable("before", call, what);
        }
        T answer = effect.get();
        if (call == crashAt) {
            throw new Crash("dead after call " + call + ", " + what);
        }
        if (fault == Fault.FAIL_AFTER) {
            throw unavailable("after", call, what);
        }
        return spoil(answer, fault);
    }

    @SuppressWarnings("unchecked")
    private static <T> T spoil(T answer, Fault fault) {
        if (!(answer instanceof byte[] bytes) || bytes.length == 0) {
            return answer;
        }
        if (fault == Fault.TRUNCATE) {
            return (T) Arrays.copyOf(bytes, bytes.length - 1);
        }
        if (fault == Fault.FLIP_BIT) {
            byte[] wrong = bytes.clone();
            wrong[wrong.length / 2] ^= 0x10;
            return (T) wrong;
        }
        return answer;
    }

    private static Unavailable unavailable(String when, int call, String what) {
        return new Unavailable(ErrorCode.STORE_UNAVAILABLE, "told to fail " + when + " call " + call + ", " + what, "");
    }

    private static void await(CountDownLatch latch) {
        if (latch == null) {
            return;
        }
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Crash("interrupted while held");
        }
    }
}
