package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Server.UntilTheEnd.class)
class RowCaptureTest {
    private static final long WHOLE = Long.MAX_VALUE / 4;

    private final PrivatePostgres server = Server.shared();

    /** Rows in the page and out of line, holes, dead rows, and statistics that know nothing of it. */
    private static final String[] RAGGED = {
        "CREATE TABLE ragged (id int, filler text, long text)",
        "INSERT INTO ragged SELECT g, repeat('x', g % 500), CASE g % 50 WHEN 0 THEN"
                + " (SELECT string_agg(md5((g * i)::text), '') FROM generate_series(1, 300) i) END"
                + " FROM generate_series(1, 20000) g",
        "DELETE FROM ragged WHERE id BETWEEN 3000 AND 9000",
        "UPDATE ragged SET filler = filler || E'\\n\\\\\t' WHERE id % 3 = 0",
        "CREATE TABLE no_columns ()",
        "INSERT INTO no_columns SELECT FROM generate_series(1, 20000)",
        "CREATE TABLE empty (x int)",
        "CREATE TABLE halves (x int, y text) PARTITION BY RANGE (x)",
        "CREATE TABLE low PARTITION OF halves FOR VALUES FROM (0) TO (10000)",
        "CREATE TABLE high PARTITION OF halves FOR VALUES FROM (10000) TO (30000)",
        "INSERT INTO halves SELECT g, repeat('y', 100) FROM generate_series(1, 20000) g",
    };

    private Map<String, Entry> capture(String database, MemoryPart part, int connections, long rangeBytes)
            throws Exception {
        Map<String, Entry> entries = new TreeMap<>();
        try (FrozenDatabase frozen = FrozenDatabase.freeze(
                        Server.location(server, database), Selection.EVERYTHING, Duration.ofSeconds(5));
                Workers workers = new Workers()) {
            RowCapture rows = new RowCapture(frozen, part, connections, rangeBytes);
            rows.start(workers);
            workers.join(() -> {});
            rows.captured().forEach((Table table, Entry entry) -> entries.put(table.name(), entry));
        }
        for (Entry entry : new TreeMap<>(Map.copyOf(byKey(entries))).values()) {
            part.add(entry, PartWriter.Change.NEW);
        }
        return entries;
    }

    private static Map<EntryKey, Entry> byKey(Map<String, Entry> entries) {
        Map<EntryKey, Entry> byKey = new TreeMap<>();
        entries.values().forEach(entry -> byKey.put(entry.key(), entry));
        return byKey;
    }

    private static List<String> lines(MemoryPart part, Entry entry) {
        String text = new String(part.bytes(entry.content()), StandardCharsets.UTF_8);
        return Arrays.stream(text.split("\n", -1)).sorted().toList();
    }

    @Test
    void ranges_of_pages_hold_every_row_once() throws Exception {
        String database = Server.database(server, RAGGED);
        MemoryPart whole = new MemoryPart("postgres");
        MemoryPart ranges = new MemoryPart("postgres");

        Map<String, Entry> expected = capture(database, whole, 1, WHOLE);
        Map<String, Entry> found = capture(database, ranges, 3, 100_000);

        assertThat(found.keySet())
                .isEqualTo(expected.keySet())
                .containsExactlyInAnyOrder("ragged", "no_columns", "empty", "low", "high");
        for (String name : expected.keySet()) {
            Entry one = expected.get(name);
            Entry other = found.get(name);
            assertThat(other.attributes().number(Keys.ROWS))
                    .as(name)
                    .isEqualTo(one.attributes().number(Keys.ROWS));
            assertThat(other.attributes().text(Keys.HASH))
                    .as(name)
                    .isEqualTo(one.attributes().text(Keys.HASH));
            // pages are read in their order in both, so not even the order of rows differs
            assertThat(ranges.bytes(other.content())).as(name).isEqualTo(whole.bytes(one.content()));
        }
        assertThat(expected.get("ragged").attributes().number(Keys.RANGE_PAGES)).isEmpty();
        assertThat(found.get("ragged").attributes().number(Keys.RANGE_PAGES)).isPresent();
        assertThat(found.get("no_columns").attributes().number(Keys.RANGE_PAGES))
                .isEmpty();
        assertThat(lines(ranges, found.get("ragged"))).hasSize(20000 - 6001 + 1);
    }

    @Test
    void a_table_that_grew_is_cut_where_it_was_cut_before() throws Exception {
        String database = Server.database(
                server,
                "CREATE TABLE log (id int, line text)",
                "INSERT INTO log SELECT g, repeat('x', 200) FROM generate_series(1, 10000) g");
        MemoryPart first = new MemoryPart("postgres");
        long before = capture(database, first, 2, 300_000)
                .get("log")
                .attributes()
                .number(Keys.RANGE_PAGES)
                .orElseThrow();
        // what lies out of line makes the pages count for more
        server.execute(
                database,
                "INSERT INTO log SELECT g, (SELECT string_agg(md5((g * i)::text), '') FROM generate_series(1, 400) i)"
                        + " FROM generate_series(1, 300) g");

        Entry grown = capture(database, first.following(), 2, 300_000).get("log");

        assertThat(grown.attributes().number(Keys.RANGE_PAGES)).hasValue(before);
        assertThat(grown.attributes().number(Keys.ROWS)).hasValue(10300);
    }

    @Test
    void the_last_range_is_open_at_its_end() {
        Table table =
                new Table(1, "public", "t", Catalog.Kind.ORDINARY, false, List.of("a", "b c"), "", null, 0, false);

        assertThat(TableRows.copyOut(table, 0, 128, "UTF8"))
                .isEqualTo(
                        "COPY (SELECT \"a\", \"b c\" FROM ONLY \"public\".\"t\" WHERE ctid >= '(0,0)'::pg_catalog.tid"
                                + " AND ctid < '(128,0)'::pg_catalog.tid) TO STDOUT WITH (FORMAT text, ENCODING 'UTF8')");
        assertThat(TableRows.copyOut(table, 128, Long.MAX_VALUE, "UTF8"))
                .contains("ctid >= '(128,0)'")
                .doesNotContain("ctid <");
    }
}
