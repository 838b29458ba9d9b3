package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which rows may be elsewhere than they were. */
class RowCountsTest {
    private static final Map<String, String> PARTITIONS =
            Map.of("public.low", "public.parts", "public.high", "public.parts", "public.deep", "public.parts");

    private static DumpedTable table(String name, long rows) {
        return new DumpedTable("public", name, rows);
    }

    private static RowCounts counts(List<DumpedTable> found, DumpedTable... expected) {
        RowCounts counts = new RowCounts(found, PARTITIONS);
        List.of(expected).forEach(counts::expect);
        return counts;
    }

    @Test
    void what_has_the_same_rows_is_equal() {
        RowCounts counts = counts(
                List.of(table("orders", 3), table("empty", 0), table("low", 1)),
                table("orders", 3),
                table("empty", 0),
                table("low", 1));
        assertThat(counts.equal()).isEqualTo(3);
        assertThat(counts.different()).isEmpty();
        assertThat(counts.moved()).isEmpty();
    }

    @Test
    void rows_may_move_between_the_partitions_of_one_table() {
        RowCounts counts = counts(
                List.of(table("low", 5), table("high", 5), table("deep", 2)),
                table("low", 4),
                table("high", 4),
                table("deep", 4));
        assertThat(counts.different()).isEmpty();
        assertThat(counts.moved()).hasSize(3).anyMatch(what -> what.contains("public.low has 5 rows"));
        assertThat(counts.equal()).isZero();
    }

    @Test
    void rows_that_moved_between_two_plain_tables_are_different_though_the_sums_agree() {
        RowCounts counts = counts(List.of(table("a", 5), table("b", 3)), table("a", 4), table("b", 4));
        assertThat(counts.different()).hasSize(2).anyMatch(what -> what.contains("public.a has 5 rows"));
        assertThat(counts.moved()).isEmpty();
    }

    @Test
    void rows_that_moved_from_a_partition_into_a_plain_table_are_different() {
        RowCounts counts = counts(List.of(table("low", 3), table("a", 5)), table("low", 4), table("a", 4));
        assertThat(counts.different()).hasSize(2);
        assertThat(counts.moved()).isEmpty();
    }

    @Test
    void a_table_that_is_missing_is_different_even_if_it_was_empty() {
        RowCounts counts = counts(List.of(table("a", 1)), table("a", 1), table("gone", 0));
        assertThat(counts.different()).singleElement().asString().contains("public.gone has not come back");
        assertThat(counts(List.of(table("low", 1)), table("low", 1), table("lost", 2))
                        .different())
                .hasSize(1);
    }

    @Test
    void rows_that_came_by_way_of_the_partitioned_table_are_found_in_its_partitions() {
        List<DumpedTable> found = List.of(table("low", 5), table("high", 4), table("deep", 1));
        RowCounts counts = counts(found, table("parts", 5), table("parts", 5));
        assertThat(counts.different()).isEmpty();
        assertThat(counts.moved()).isNotEmpty();

        assertThat(counts(found, table("parts", 5), table("parts", 6)).different())
                .isNotEmpty();
    }

    @Test
    void a_row_that_is_lost_from_partitions_is_told_with_all_that_differ() {
        RowCounts counts = counts(
                List.of(table("low", 4), table("high", 3), table("deep", 4)),
                table("low", 4),
                table("high", 4),
                table("deep", 4));
        assertThat(counts.different()).containsExactly("public.high has 3 rows, the dump has 4");
        assertThat(counts.moved()).isEmpty();
    }
}
