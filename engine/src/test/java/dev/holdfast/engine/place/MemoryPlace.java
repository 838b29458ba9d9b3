package dev.holdfast.engine.place;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.ExportFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A place in memory that keeps the promises of {@link FilePlace}, and fails where a test says so. */
public final class MemoryPlace implements FilePlace {
    /**
     * A file that is there.
     *
     * @param facts what the place was told about it; that of a file put there by somebody else says nothing
     */
    public record Held(byte[] bytes, Instant modified, FileFacts facts) {}

    private final NavigableMap<FileName, Held> files = new ConcurrentSkipListMap<>();
    private final NavigableMap<FileName, FileName> links = new ConcurrentSkipListMap<>();
    private final InstantSource clock;

    /** Hears of each call before it is done, such as {@code write shop.dump}; what it throws is the call's failure. */
    public Consumer<String> trouble = _ -> {};

    /** What {@link #freeBytes} says. */
    public OptionalLong free = OptionalLong.empty();

    public MemoryPlace(InstantSource clock) {
        this.clock = clock;
    }

    /** Puts a file there as somebody else would. */
    public void put(String name, byte[] bytes) {
        files.put(new FileName(name), new Held(bytes.clone(), clock.instant(), FileFacts.of("")));
    }

    /** Takes a file away as somebody else would. */
    public void take(String name) {
        files.remove(new FileName(name));
    }

    /** What is there now, links left out. */
    public NavigableMap<FileName, Held> files() {
        return new ConcurrentSkipListMap<>(files);
    }

    /** Where a link leads. */
    public Optional<FileName> link(String name) {
        return Optional.ofNullable(links.get(new FileName(name)));
    }

    @Override
    public String location() {
        return "memory:";
    }

    @Override
    public String location(FileName name) {
        return "memory:" + name;
    }

    @Override
    public void prepare() {
        trouble.accept("prepare");
    }

    @Override
    public ExportFile create(FileName name, FileFacts facts, boolean replace) {
        return new Unfinished(name, facts, replace);
    }

    @Override
    public InputStream open(FileName name) {
        trouble.accept("open " + name);
        return new ByteArrayInputStream(Optional.ofNullable(files.get(links.getOrDefault(name, name)))
                .orElseThrow(() -> new Missing(ErrorCode.STORE_OBJECT_MISSING, "'" + name + "' is not there", ""))
                .bytes());
    }

    @Override
    public Optional<PlacedFile> find(FileName name) {
        trouble.accept("find " + name);
        return Optional.ofNullable(files.get(name)).map(held -> placed(name, held));
    }

    private static PlacedFile placed(FileName name, Held held) {
        return new PlacedFile(name, held.bytes().length, held.modified());
    }

    @Override
    public void list(String prefix, Consumer<PlacedFile> consumer) {
        trouble.accept("list " + prefix);
        files.forEach((name, held) -> {
            if (name.text().startsWith(prefix)) {
                consumer.accept(placed(name, held));
            }
        });
    }

    @Override
    public void delete(FileName name) {
        trouble.accept("delete " + name);
        files.remove(name);
        links.remove(name);
    }

    @Override
    public void point(FileName name, FileName target) {
        trouble.accept("point " + name);
        if (files.containsKey(name)) {
            throw exists(name);
        }
        if (!files.containsKey(target)) {
            throw new Missing(ErrorCode.STORE_OBJECT_MISSING, "'" + target + "' is not there", "");
        }
        links.put(name, target);
    }

    private static AlreadyExists exists(FileName name) {
        return new AlreadyExists(ErrorCode.STORE_OBJECT_EXISTS, "'" + name + "' exists already", "");
    }

    @Override
    public OptionalLong freeBytes() {
        return free;
    }

    @Override
    public int sweepUnfinished(Instant olderThan) {
        trouble.accept("sweep");
        return 0;
    }

    @Override
    public void close() {}

    private final class Unfinished implements ExportFile {
        private final FileName name;
        private final FileFacts facts;
        private final boolean replace;
        private @Nullable ByteArrayOutputStream written;

        Unfinished(FileName name, FileFacts facts, boolean replace) {
            this.name = name;
            this.facts = facts;
            this.replace = replace;
        }

        @Override
        public String location() {
            return MemoryPlace.this.location(name);
        }

        @Override
        public void preflight() {
            trouble.accept("create " + name);
            if (!replace && (files.containsKey(name) || links.containsKey(name))) {
                throw exists(name);
            }
            written = new ByteArrayOutputStream();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            trouble.accept("write " + name);
            Objects.requireNonNull(written).write(bytes, offset, length);
        }

        @Override
        public void commit() {
            trouble.accept("commit " + name);
            Held held = new Held(Objects.requireNonNull(written).toByteArray(), clock.instant(), facts);
            if (replace) {
                files.put(name, held);
            } else if (files.putIfAbsent(name, held) != null) {
                throw exists(name);
            }
        }

        @Override
        public void close() {
            written = null;
        }
    }

    /** The names of all files under a prefix, sorted. */
    public List<String> names(String prefix) {
        List<String> names = new ArrayList<>();
        files.keySet().stream()
                .map(FileName::text)
                .filter(name -> name.startsWith(prefix))
                .forEach(names::add);
        return names;
    }
}
