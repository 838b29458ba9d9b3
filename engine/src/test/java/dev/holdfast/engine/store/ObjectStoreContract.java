package dev.holdfast.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store must keep. A store's own test extends this and gives an empty store. */
public abstract class ObjectStoreContract {
    private static final StoreKey KEY = new StoreKey("log/one");
    private static final int LARGE_BYTES = 70_000_003;

    @TempDir
    protected Path folder;

    protected ObjectStore store;

    /** A prepared store without any objects. */
    protected abstract ObjectStore emptyStore() throws Exception;

    /** Whether a listed name is the server's own doing, where a server is known to show such. */
    protected boolean isForeign(StoreKey key) {
        return false;
    }

    @BeforeEach
    final void openStore() throws Exception {
        store = emptyStore();
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    @Test
    void what_was_created_reads_back_whole_and_in_ranges() {
        byte[] content = random(100_000, 1);
        store.create(KEY, Body.of(content));

        assertThat(store.read(KEY)).isEqualTo(content);
        assertThat(store.size(KEY)).isEqualTo(content.length);
        assertThat(store.read(KEY, 0, 1)).containsExactly(content[0]);
        assertThat(store.read(KEY, 40_000, 50_000)).isEqualTo(Arrays.copyOfRange(content, 40_000, 90_000));
        assertThat(store.read(KEY, 99_999, 1)).containsExactly(content[99_999]);
        assertThat(store.read(KEY, 0, content.length)).isEqualTo(content);
    }

    @Test
    void an_object_may_be_empty() {
        store.create(KEY, Body.of(new byte[0]));

        assertThat(store.read(KEY)).isEmpty();
        assertThat(store.size(KEY)).isZero();
        assertThat(names("")).containsExactly("log/one");
    }

    @Test
    void a_range_past_the_end_is_damage_never_a_short_answer() {
        store.create(KEY, Body.of(random(10, 1)));

        assertThatThrownBy(() -> store.read(KEY, 5, 6)).isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> store.read(KEY, 10, 1)).isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> store.read(KEY, 4_000_000_000L, 1)).isInstanceOf(Damaged.class);
    }

    @Test
    void an_absent_object_is_missing_however_it_is_asked_for() {
        store.create(new StoreKey("log/two"), Body.of(random(10, 1)));

        for (StoreKey absent : List.of(KEY, new StoreKey("log"), new StoreKey("nowhere/at/all"))) {
            assertMissing(() -> store.read(absent));
            assertMissing(() -> store.read(absent, 0, 1));
            assertMissing(() -> store.size(absent));
        }
    }

    private static void assertMissing(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        Missing.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_OBJECT_MISSING));
    }

    @Test
    void a_second_creation_is_refused_and_changes_nothing() throws IOException {
        byte[] content = random(1000, 1);
        store.create(KEY, Body.of(content));
        Path file = Files.write(folder.resolve("other"), random(1000, 2));

        for (Body other : List.of(
                Body.of(content),
                Body.of(new byte[0]),
                new Body.InFile(file, 1000, false),
                new Body.InFile(file, 1000, true))) {
            assertThatThrownBy(() -> store.create(KEY, other))
                    .isInstanceOfSatisfying(
                            AlreadyExists.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_OBJECT_EXISTS));
        }
        assertThat(store.read(KEY)).isEqualTo(content);
        assertThat(names("")).containsExactly("log/one");
    }

    @Test
    void a_large_file_is_created_once_and_reads_back() throws Exception {
        Path file = folder.resolve("large");
        byte[] digest = writeLarge(file);
        StoreKey pack = new StoreKey("data/ab/pack-1");
        store.create(pack, new Body.InFile(file, LARGE_BYTES, false));

        assertThat(store.size(pack)).isEqualTo(LARGE_BYTES);
        assertThat(digestOf(pack)).isEqualTo(digest);
        assertThatThrownBy(() -> store.create(pack, new Body.InFile(file, LARGE_BYTES, false)))
                .isInstanceOf(AlreadyExists.class);
        assertThat(file).exists();
        assertThat(names("data/")).containsExactly("data/ab/pack-1");
    }

    @Test
    void a_file_given_to_be_adopted_outlives_its_first_name() throws Exception {
        Path spool = store.spool().orElse(folder);
        Path file = spool.resolve("adopted-" + Long.toUnsignedString(System.nanoTime()));
        byte[] digest = writeLarge(file);
        StoreKey pack = new StoreKey("data/ab/pack-2");
        store.create(pack, new Body.InFile(file, LARGE_BYTES, true));
        Files.delete(file);

        assertThat(store.size(pack)).isEqualTo(LARGE_BYTES);
        assertThat(digestOf(pack)).isEqualTo(digest);
    }

    @Test
    void what_is_spooled_is_not_listed() throws IOException {
        Path spool = store.spool().orElse(folder);
        Path file = Files.write(spool.resolve("spooled"), random(10, 1));
        store.create(KEY, Body.of(random(10, 1)));

        assertThat(names("")).containsExactly("log/one");
        Files.delete(file);
    }

    @Test
    void of_many_writers_of_one_name_exactly_one_wins() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int round = 0; round < 20; round++) {
                StoreKey key = new StoreKey("race/" + round);
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Boolean>> writers = new ArrayList<>();
                for (int writer = 0; writer < 8; writer++) {
                    byte[] content = random(2000, writer);
                    writers.add(threads.submit(() -> {
                        start.await();
                        return wins(key, content);
                    }));
                }
                start.countDown();
                List<Integer> winners = new ArrayList<>();
                for (int writer = 0; writer < 8; writer++) {
                    if (writers.get(writer).get()) {
                        winners.add(writer);
                    }
                }
                assertThat(winners).as("winners of round %d", round).hasSize(1);
                assertThat(store.read(key)).isEqualTo(random(2000, winners.getFirst()));
            }
        }
    }

    private boolean wins(StoreKey key, byte[] content) {
        try {
            store.create(key, Body.of(content));
            return true;
        } catch (AlreadyExists e) {
            assertThat(store.size(key)).as("what the loser sees").isEqualTo(content.length);
            return false;
        }
    }

    @Test
    void nobody_ever_sees_a_part_of_an_object() throws Exception {
        int bytes = 6_000_000;
        Path file = Files.write(folder.resolve("body"), random(bytes, 3));
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger seen = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<?>> readers = new ArrayList<>();
            for (int reader = 0; reader < 2; reader++) {
                readers.add(threads.submit(() -> {
                    while (!done.get()) {
                        store.list("whole/", object -> {
                            if (isForeign(object.key())) {
                                return;
                            }
                            assertThat(object.bytes())
                                    .as("length of %s", object.key())
                                    .isEqualTo(bytes);
                            assertThat(store.read(object.key(), bytes - 1, 1)).hasSize(1);
                            seen.incrementAndGet();
                        });
                    }
                }));
            }
            for (int i = 0; i < 6; i++) {
                StoreKey key = new StoreKey("whole/" + i);
                store.create(key, i % 2 == 0 ? new Body.InFile(file, bytes, false) : Body.of(Files.readAllBytes(file)));
                int before = seen.get();
                while (seen.get() == before && readers.stream().noneMatch(Future::isDone)) {
                    Thread.onSpinWait();
                }
            }
            done.set(true);
            for (Future<?> reader : readers) {
                reader.get();
            }
        }
        assertThat(seen.get()).isPositive();
    }

    @Test
    void a_listing_of_more_than_one_page_is_complete() throws Exception {
        Set<String> created = ConcurrentHashMap.newKeySet();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 2203; i++) {
                StoreKey key = new StoreKey("idx/%02x/run-%d".formatted(i % 5, i));
                writers.add(threads.submit(() -> {
                    store.create(key, Body.of(new byte[] {1, 2, 3}));
                    created.add(key.name());
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }

        assertThat(names("idx/")).containsExactlyInAnyOrderElementsOf(created);
        assertThat(names("idx/03/")).hasSize(created.size() / 5);
    }

    @Test
    void a_prefix_is_a_beginning_of_names_not_a_folder() {
        for (String name : List.of("log/a", "log/ab", "log/b/c", "log.x", "logs/a", "lo", "keys/log")) {
            store.create(new StoreKey(name), Body.of(new byte[] {1}));
        }

        assertThat(names("")).hasSize(7);
        assertThat(names("log")).containsExactlyInAnyOrder("log/a", "log/ab", "log/b/c", "log.x", "logs/a");
        assertThat(names("log/")).containsExactlyInAnyOrder("log/a", "log/ab", "log/b/c");
        assertThat(names("log/a")).containsExactlyInAnyOrder("log/a", "log/ab");
        assertThat(names("log/b/")).containsExactly("log/b/c");
        assertThat(names("log/b/c")).containsExactly("log/b/c");
        assertThat(names("log/b/cd")).isEmpty();
        assertThat(names("nothing/like/it/")).isEmpty();
        assertThat(names("nothing")).isEmpty();
    }

    @Test
    void a_listing_tells_lengths_and_times() {
        store.create(KEY, Body.of(random(1234, 1)));
        List<StoredObject> listed = new ArrayList<>();
        store.list("", listed::add);

        assertThat(listed).hasSize(1);
        assertThat(listed.getFirst().bytes()).isEqualTo(1234);
        assertThat(listed.getFirst().modified().getEpochSecond()).isPositive();
    }

    @Test
    void the_longest_and_the_deepest_names_work() {
        for (String name : List.of("a/b/c/d/e/f/g/h", "x".repeat(200), "0-._/z_.-", "data/" + "y".repeat(195))) {
            StoreKey key = new StoreKey(name);
            store.create(key, Body.of(name.getBytes(StandardCharsets.US_ASCII)));
            assertThat(store.read(key)).asString(StandardCharsets.US_ASCII).isEqualTo(name);
        }
        assertThat(names("")).hasSize(4);
    }

    @Test
    void a_deletion_is_seen_at_once_may_be_repeated_and_frees_the_name() {
        store.create(KEY, Body.of(new byte[] {1}));
        store.delete(KEY);

        assertMissing(() -> store.read(KEY));
        assertThat(names("")).isEmpty();
        assertThatCode(() -> store.delete(KEY)).doesNotThrowAnyException();
        assertThatCode(() -> store.delete(new StoreKey("never/was"))).doesNotThrowAnyException();
        store.create(KEY, Body.of(new byte[] {2}));
        assertThat(store.read(KEY)).containsExactly(2);
    }

    @Test
    void preparing_again_and_probing_change_nothing() {
        store.create(KEY, Body.of(new byte[] {1}));
        store.prepare();
        store.probe();

        assertThat(names("")).containsExactly("log/one");
        assertThat(store.read(KEY)).containsExactly(1);
    }

    @Test
    void it_says_where_it_is() {
        assertThat(store.location()).isNotBlank();
    }

    /** The names a listing shows; fails if one is shown twice. */
    protected final List<String> names(String prefix) {
        TreeMap<String, Long> names = new TreeMap<>();
        store.list(prefix, object -> {
            assertThat(names.put(object.key().name(), object.bytes()))
                    .as("%s listed before", object.key())
                    .isNull();
        });
        return List.copyOf(names.keySet());
    }

    protected static byte[] random(int bytes, long seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static byte[] writeLarge(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] block = random(1 << 20, 7);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int left = LARGE_BYTES; left > 0; left -= block.length) {
                int length = Math.min(left, block.length);
                block[0] = (byte) left;
                out.write(block, 0, length);
                digest.update(block, 0, length);
            }
        }
        return digest.digest();
    }

    private byte[] digestOf(StoreKey key) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (long offset = 0; offset < LARGE_BYTES; ) {
            int length = (int) Math.min(9_999_999, LARGE_BYTES - offset);
            digest.update(store.read(key, offset, length));
            offset += length;
        }
        return digest.digest();
    }

    /** Runs a call that must fail with one of the product's own failures and gives it. */
    protected static HoldfastException failureOf(Runnable call) {
        try {
            call.run();
        } catch (HoldfastException e) {
            return e;
        }
        throw new AssertionError("it did not fail");
    }
}
