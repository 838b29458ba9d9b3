package dev.holdfast.control.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.notify.Fact.PartSize;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ShrinkageTest {
    @Test
    void half_of_the_rows_gone_is_an_alarm_and_a_little_less_is_none() {
        assertThat(rows(500, 1000)).extracting(Shrinkage::is).containsExactly(500L);
        assertThat(rows(501, 1000)).isEmpty();
        assertThat(rows(2000, 1000)).isEmpty();
    }

    @Test
    void a_small_table_may_lose_most_of_its_rows() {
        assertThat(rows(10, 109)).isEmpty();
        assertThat(rows(10, 110)).hasSize(1);
    }

    @Test
    void nothing_where_there_always_was_something_is_an_alarm_however_little_it_was() {
        assertThat(rows(0, 3)).hasSize(1);
        assertThat(rows(0, 3, 2, 5)).hasSize(1);
    }

    @Test
    void a_table_that_is_empty_now_and_then_is_none() {
        assertThat(rows(0, 3, 0, 5)).isEmpty();
        assertThat(rows(0, 0, 3)).isEmpty();
    }

    @Test
    void a_part_that_is_empty_is_an_alarm_even_if_it_was_empty_once() {
        List<Shrinkage> found = Shrinkage.in(
                List.of(size("db", "", 0, 0)),
                List.of(
                        List.of(size("db", "", 0, 0)),
                        List.of(size("db", "", 5, 100)),
                        List.of(size("db", "", 5, 100))),
                AlarmLimits.USUAL);

        assertThat(found).hasSize(1);
    }

    @Test
    void the_alarm_goes_on_until_the_smaller_size_is_the_usual_one() {
        assertThat(rows(100, 1000, 1000, 1000, 1000)).hasSize(1);
        assertThat(rows(100, 100, 1000, 1000, 1000)).hasSize(1);
        assertThat(rows(100, 100, 100, 100, 1000)).isEmpty();
    }

    @Test
    void a_snapshot_of_other_parts_in_between_hides_nothing() {
        List<Shrinkage> found = Shrinkage.in(
                List.of(size("db", "", 1, 100), size("db", "orders", 10, 100), size("media", "", 5, 5)),
                List.of(
                        List.of(size("media", "", 5, 5)),
                        List.of(size("db", "", 1, 5_000_000), size("db", "orders", 10_000, 5_000_000))),
                AlarmLimits.USUAL);

        assertThat(found).extracting(Shrinkage::title).containsExactly("db", "db orders");
    }

    @Test
    void a_fall_after_fast_growth_is_seen_against_the_last_snapshot() {
        assertThat(rows(4000, 10_000, 100, 100, 100)).extracting(Shrinkage::was).containsExactly(10_000L);
    }

    @Test
    void a_table_that_is_gone_has_no_rows() {
        List<Shrinkage> found = Shrinkage.in(
                List.of(size("db", "", 100, 9)),
                List.of(List.of(size("db", "", 100, 9), size("db", "public.orders", 7, 9))),
                AlarmLimits.USUAL);

        assertThat(found).extracting(Shrinkage::title).containsExactly("db public.orders");
    }

    @Test
    void a_part_that_was_taken_out_of_the_stack_is_no_alarm() {
        assertThat(Shrinkage.in(
                        List.of(size("db", "", 100, 9)),
                        List.of(List.of(size("db", "", 100, 9), size("files", "", 1000, 1 << 30))),
                        AlarmLimits.USUAL))
                .isEmpty();
    }

    @Test
    void bytes_count_where_rows_do_not() {
        PartSize before = new PartSize("files", "", OptionalLong.empty(), 10_000_000);
        PartSize now = new PartSize("files", "", OptionalLong.empty(), 4_000_000);

        assertThat(Shrinkage.in(List.of(now), List.of(List.of(before)), AlarmLimits.USUAL))
                .containsExactly(new Shrinkage("files", Shrinkage.Measure.BYTES, 10_000_000, 4_000_000));
    }

    @Test
    void the_first_snapshot_has_nothing_to_be_compared_with() {
        assertThat(Shrinkage.in(List.of(size("db", "", 0, 0)), List.of(), AlarmLimits.USUAL))
                .isEmpty();
    }

    private static List<Shrinkage> rows(long now, long... before) {
        return Shrinkage.in(
                List.of(size("db", "public.orders", now, 0)),
                Arrays.stream(before)
                        .mapToObj(rows -> List.of(size("db", "public.orders", rows, 0)))
                        .toList(),
                AlarmLimits.USUAL);
    }

    private static PartSize size(String part, String item, long rows, long bytes) {
        return new PartSize(part, item, OptionalLong.of(rows), bytes);
    }
}
