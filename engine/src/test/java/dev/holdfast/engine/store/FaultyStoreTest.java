package dev.holdfast.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FaultyStoreTest {
    private static final StoreKey KEY = new StoreKey("a/b");
    private static final byte[] BYTES = {1, 2, 3, 4};

    private final MemoryStore memory = new MemoryStore();
    private final FaultyStore faulty = new FaultyStore(memory);

    @Test
    void without_faults_it_is_the_store_below() {
        faulty.create(KEY, Body.of(BYTES));
        List<StoredObject> listed = new ArrayList<>();
        faulty.list("a/", listed::add);

        assertThat(faulty.read(KEY)).isEqualTo(BYTES);
        assertThat(faulty.read(KEY, 1, 2)).containsExactly(2, 3);
        assertThat(faulty.size(KEY)).isEqualTo(4);
        assertThat(listed).extracting(StoredObject::key).containsExactly(KEY);
        faulty.delete(KEY);
        assertThatThrownBy(() -> memory.read(KEY)).isInstanceOf(Missing.class);
        assertThat(faulty.calls()).isEqualTo(6);
    }

    @Test
    void a_failure_before_has_no_effect_and_one_after_has() {
        faulty.failBefore(1).failAfter(2);

        assertThatThrownBy(() -> faulty.create(KEY, Body.of(BYTES))).isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> memory.read(KEY)).isInstanceOf(Missing.class);
        assertThatThrownBy(() -> faulty.create(KEY, Body.of(BYTES))).isInstanceOf(Unavailable.class);
        assertThat(memory.read(KEY)).isEqualTo(BYTES);
    }

    @Test
    void a_crash_lasts() {
        faulty.crashAfter(2);
        faulty.create(KEY, Body.of(BYTES));

        assertThatThrownBy(() -> faulty.delete(KEY)).isInstanceOf(FaultyStore.Crash.class);
        assertThatThrownBy(() -> memory.read(KEY)).isInstanceOf(Missing.class);
        assertThatThrownBy(() -> faulty.create(KEY, Body.of(BYTES))).isInstanceOf(FaultyStore.Crash.class);
        assertThatThrownBy(() -> memory.read(KEY)).isInstanceOf(Missing.class);
    }

    @Test
    void a_crash_before_a_call_undoes_nothing_and_does_nothing() {
        faulty.crashBefore(2);
        faulty.create(KEY, Body.of(BYTES));

        assertThatThrownBy(() -> faulty.delete(KEY)).isInstanceOf(FaultyStore.Crash.class);
        assertThat(memory.read(KEY)).isEqualTo(BYTES);
    }

    @Test
    void reads_can_be_short_or_wrong_by_one_bit() {
        memory.create(KEY, Body.of(BYTES));
        faulty.truncate(1).flipBit(2);

        assertThat(faulty.read(KEY)).containsExactly(1, 2, 3);
        assertThat(faulty.read(KEY)).containsExactly(1, 2, 3 ^ 0x10, 4);
        assertThat(faulty.read(KEY)).isEqualTo(BYTES);
    }

    @Test
    void a_store_that_is_down_comes_up_again() {
        memory.create(KEY, Body.of(BYTES));

        assertThatThrownBy(() -> faulty.down().read(KEY)).isInstanceOf(Unavailable.class);
        assertThat(faulty.up().read(KEY)).isEqualTo(BYTES);
    }
}
