package dev.holdfast.engine.store;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/** A store in memory that keeps every promise of {@link ObjectStore}; passes the same contract as the real ones. */
public final class MemoryStore implements ObjectStore {
    private record Held(byte[] bytes, Instant modified) {}

    private final NavigableMap<StoreKey, Held> objects = new ConcurrentSkipListMap<>();
    private final InstantSource clock;

    public MemoryStore() {
        this(InstantSource.system());
    }

    public MemoryStore(InstantSource clock) {
        this.clock = clock;
    }

    /** Another store with the same objects. */
    public MemoryStore copy() {
        MemoryStore copy = new MemoryStore(clock);
        copy.objects.putAll(objects);
        return copy;
    }

    /** Replaces an object's bytes behind the repository's back, as a failing disk would. */
    public void overwrite(StoreKey key, byte[] bytes) {
        objects.put(key, new Held(bytes.clone(), clock.instant()));
    }

    @Override
    public String location() {
        return "memory:" + Integer.toHexString(System.identityHashCode(this));
    }

    @Override
    public void prepare() {}

    @Override
    public void probe() {}

    @Override
    public void create(StoreKey key, Body body) {
        byte[] bytes = switch (body) {
            case Body.InMemory memory -> memory.content().clone();
            case Body.InFile file -> readFile(file);
        };
        if (objects.putIfAbsent(key, new Held(bytes, clock.instant())) != null) {
            throw new AlreadyExists(ErrorCode.STORE_OBJECT_EXISTS, "'" + key + "' exists already", "");
        }
    }

    private static byte[] readFile(Body.InFile file) {
        try {
            return Files.readAllBytes(file.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public byte[] read(StoreKey key) {
        return held(key).bytes.clone();
    }

    @Override
    public byte[] read(StoreKey key, long offset, int length) {
        byte[] bytes = held(key).bytes;
        if (offset + length > bytes.length) {
            throw new Damaged(
                    ErrorCode.DAMAGED, "'" + key + "' ends at " + bytes.length + ", before " + (offset + length), "");
        }
        return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
    }

    @Override
    public long size(StoreKey key) {
        return held(key).bytes.length;
    }

    private Held held(StoreKey key) {
        Held held = objects.get(key);
        if (held == null) {
            throw new Missing(ErrorCode.STORE_OBJECT_MISSING, "'" + key + "' is not there", "");
        }
        return held;
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> consumer) {
        objects.forEach((key, held) -> {
            if (key.name().startsWith(prefix)) {
                consumer.accept(new StoredObject(key, held.bytes.length, held.modified));
            }
        });
    }

    @Override
    public void delete(StoreKey key) {
        objects.remove(key);
    }

    @Override
    public void close() {}
}
