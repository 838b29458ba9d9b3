package dev.holdfast.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RetryingStoreTest {
    private static final StoreKey KEY = new StoreKey("a/b");
    private static final byte[] BYTES = {1, 2, 3, 4};
    private static final RetryingStore.Policy FOUR_TRIES =
            new RetryingStore.Policy(4, Duration.ofMillis(100), Duration.ofMillis(250));

    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore faulty = new FaultyStore(memory);
    private final List<Duration> pauses = new ArrayList<>();
    private final RetryingStore store = new RetryingStore(faulty, FOUR_TRIES, pauses::add, () -> 0.5);

    @Test
    void a_passing_fault_is_not_noticed() {
        faulty.failBefore(1).failBefore(2);
        store.create(KEY, Body.of(BYTES));

        assertThat(memory.read(KEY)).isEqualTo(BYTES);
        assertThat(pauses).containsExactly(Duration.ofMillis(75), Duration.ofMillis(150));
    }

    @Test
    void it_gives_up_after_the_last_try_and_pauses_never_grow_past_their_bound() {
        store.list("", object -> {});
        faulty.down();

        assertThatThrownBy(() -> store.read(KEY)).isInstanceOf(Unavailable.class);
        assertThat(faulty.calls()).isEqualTo(1 + 4);
        assertThat(pauses).containsExactly(Duration.ofMillis(75), Duration.ofMillis(150), Duration.ofMillis(187));
    }

    @Test
    void a_store_that_never_answered_is_given_up_sooner() {
        faulty.down();

        assertThatThrownBy(() -> store.read(KEY)).isInstanceOf(Unavailable.class);
        assertThat(faulty.calls()).isEqualTo(3);
    }

    @Test
    void nothing_but_unavailable_is_tried_again() {
        assertThatThrownBy(() -> store.read(KEY)).isInstanceOf(Missing.class);
        assertThat(faulty.calls()).isEqualTo(1);
    }

    @Test
    void a_creation_whose_answer_was_lost_is_recognised_as_ones_own() {
        faulty.failAfter(1);
        store.create(KEY, Body.of(BYTES));

        assertThat(memory.read(KEY)).isEqualTo(BYTES);
    }

    @Test
    void an_empty_creation_whose_answer_was_lost_is_recognised_too() {
        faulty.failAfter(1);
        store.create(KEY, Body.of(new byte[0]));

        assertThat(memory.size(KEY)).isZero();
    }

    @Test
    void a_large_file_whose_answer_was_lost_is_compared_whole(@TempDir Path folder) throws IOException {
        byte[] large = new byte[(4 << 20) + 5];
        Path file = Files.write(folder.resolve("pack"), large);
        faulty.failAfter(1);
        store.create(KEY, new Body.InFile(file, large.length, false));
        assertThat(memory.size(KEY)).isEqualTo(large.length);

        large[large.length - 1] = 1;
        memory.overwrite(KEY, large);
        faulty.failBefore(faulty.calls() + 1);
        assertThatThrownBy(() -> store.create(KEY, new Body.InFile(file, large.length, false)))
                .isInstanceOf(AlreadyExists.class);
    }

    @Test
    void somebody_elses_object_of_the_same_length_is_not_taken_for_ones_own() {
        memory.create(KEY, Body.of(new byte[] {1, 2, 3, 5}));
        faulty.failBefore(1);

        assertThatThrownBy(() -> store.create(KEY, Body.of(BYTES))).isInstanceOf(AlreadyExists.class);
    }

    @Test
    void an_equal_object_that_was_there_before_the_first_try_is_refused() {
        memory.create(KEY, Body.of(BYTES));

        assertThatThrownBy(() -> store.create(KEY, Body.of(BYTES))).isInstanceOf(AlreadyExists.class);
    }

    @Test
    void a_listing_that_broke_off_tells_nothing_twice() {
        for (int i = 0; i < 5; i++) {
            memory.create(new StoreKey("a/" + i), Body.of(BYTES));
        }
        faulty.failAfter(1);
        List<String> names = new ArrayList<>();
        store.list("a/", object -> names.add(object.key().name()));

        assertThat(names).containsExactlyInAnyOrder("a/0", "a/1", "a/2", "a/3", "a/4");
    }

    @Test
    void an_interrupt_ends_the_waiting_and_stays() {
        faulty.down();
        RetryingStore waiting = new RetryingStore(
                faulty,
                FOUR_TRIES,
                pause -> {
                    throw new InterruptedException();
                },
                () -> 0);

        assertThatThrownBy(() -> waiting.read(KEY)).isInstanceOf(Cancelled.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(faulty.calls()).isEqualTo(1);
    }
}
