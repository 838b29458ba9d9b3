package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.Selection.Names;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Parts of databases: what is chosen comes whole, what is not is not touched, and a restore always works. */
@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresSelectionTest {
    private static final Names ALL = Names.ALL;
    private static final Names NOT_AUDIT = new Names(List.of(), List.of("audit"));

    private static PrivatePostgres server;

    @BeforeAll
    static void start() {
        server = Server.shared();
    }

    private static String shop() {
        return Server.database(
                server,
                "CREATE SCHEMA audit",
                "CREATE SCHEMA extensions",
                "CREATE EXTENSION hstore SCHEMA extensions",
                "CREATE TABLE extensions.notes (x int)",
                "CREATE TABLE customers (id serial PRIMARY KEY, name text)",
                "CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int REFERENCES customers,"
                        + " more extensions.hstore)",
                "CREATE TABLE \"Über Log\" (id serial, what text)",
                "CREATE TABLE events (id int, at date) PARTITION BY RANGE (at)",
                "CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')",
                "CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
                "CREATE TABLE audit.log (id bigserial, order_id int REFERENCES orders, said text)",
                "CREATE FUNCTION audit.write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE TRIGGER audited BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION audit.write()",
                "CREATE VIEW report AS SELECT o.id, l.said FROM orders o JOIN audit.log l ON l.order_id = o.id",
                "CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM report",
                "CREATE UNIQUE INDEX ON totals (n)",
                "CREATE FUNCTION said() RETURNS SETOF audit.log LANGUAGE sql AS 'SELECT * FROM audit.log'",
                "COMMENT ON VIEW report IS 'who said what'",
                "GRANT SELECT ON report TO pg_monitor",
                "INSERT INTO customers (name) VALUES ('a'), ('b')",
                "INSERT INTO orders (customer, more) VALUES (1, 'k=>v'), (2, NULL)",
                "INSERT INTO \"Über Log\" (what) VALUES ('x')",
                "INSERT INTO events VALUES (1, '2023-02-02'), (2, '2024-02-02')",
                "INSERT INTO audit.log (order_id, said) VALUES (1, 'hi')",
                "REFRESH MATERIALIZED VIEW totals");
    }

    private static MemoryPart backUp(String database, Selection selection) {
        return Server.backUp(Server.location(server, database), new MemoryPart("postgres"), selection);
    }

    private static Selection without(String... tables) {
        return new Selection(ALL, new Names(List.of(), List.of(tables)), List.of());
    }

    private static Selection only(String... tables) {
        return new Selection(ALL, new Names(List.of(tables), List.of()), List.of());
    }

    private static Selection withoutRows(String... tables) {
        return new Selection(ALL, ALL, List.of(tables));
    }

    private static List<String> keys(MemoryPart part, String prefix) {
        List<String> keys = new ArrayList<>();
        EntryCursor cursor = part.entries();
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            if (entry.key().toString().startsWith(prefix)) {
                keys.add(entry.key().toString().substring(prefix.length()));
            }
        }
        return keys;
    }

    private static List<String> findings(MemoryPart part) {
        return part.findings().stream().map(Finding::message).toList();
    }

    /** Back, and equal in what was captured; returns the copy's name. */
    private static String restored(MemoryPart part) {
        String copy = "copy_of_" + Server.database(server);
        PostgresLocation location = Server.location(server, copy);
        assertThat(Server.restore(part, location, false).findings()).isEmpty();
        assertThat(Server.compare(part, location)).isEmpty();
        return copy;
    }

    @Test
    void a_schema_that_is_left_out_takes_what_needs_it_along_and_the_rest_comes_back() throws Exception {
        String shop = shop();
        MemoryPart part;
        try (Connection other = server.connect(shop);
                Statement statement = other.createStatement()) {
            // nobody waits for a lock on what is not captured
            statement.execute("BEGIN");
            statement.execute("LOCK TABLE audit.log IN ACCESS EXCLUSIVE MODE");
            part = backUp(shop, new Selection(NOT_AUDIT, ALL, List.of()));
        }
        assertThat(keys(part, "table/")).contains("public.orders").noneMatch(key -> key.startsWith("audit."));
        assertThat(keys(part, "sequence/")).noneMatch(key -> key.startsWith("audit."));
        assertThat(findings(part))
                .containsExactly("what cannot be without that which the selection leaves out is left out too: "
                        + "function public.said() (needs type audit.log), "
                        + "materialized view public.totals (needs view public.report), "
                        + "trigger audited on table public.orders (needs function audit.write()), "
                        + "view public.report (needs table audit.log)");
        assertThat(part.details()).containsEntry("left-out", "1 schema, 4 objects that need them");
        assertThat(Server.compare(part, Server.location(server, shop))).isEmpty();

        String copy = restored(part);
        assertThat(server.query(copy, "SELECT count(*) FROM orders JOIN customers c ON c.id = customer"))
                .isEqualTo("2");
        assertThat(server.query(copy, "SELECT count(*) FROM pg_namespace WHERE nspname = 'audit'"))
                .isEqualTo("0");
    }

    @Test
    void only_what_was_captured_is_compared() {
        String shop = shop();
        MemoryPart part = backUp(shop, new Selection(NOT_AUDIT, ALL, List.of("public.events")));
        server.execute(
                shop,
                "INSERT INTO audit.log (said) VALUES ('more')",
                "CREATE TABLE audit.further (x int)",
                "DELETE FROM events");
        assertThat(Server.compare(part, Server.location(server, shop))).isEmpty();
        server.execute(shop, "DELETE FROM \"Über Log\"", "CREATE TABLE events_2025 PARTITION OF events DEFAULT");
        assertThat(Server.compare(part, Server.location(server, shop)))
                .contains("table public.\"Über Log\": snapshot has 1 rows, live has 0")
                .anyMatch(difference -> difference.startsWith("schema TABLE public.events_2025: is live"));
    }

    @Test
    void tables_that_are_left_out_are_not_locked_and_their_foreign_keys_are_named() {
        String shop = shop();
        MemoryPart part = backUp(shop, without("public.CUSTOMERS", "public.\"Über*\"", "*.\"Über Log\"", "audit.log"));
        assertThat(keys(part, "table/"))
                .containsExactly("extensions.notes", "public.events_2023", "public.events_2024", "public.orders");
        assertThat(keys(part, "sequence/")).containsExactly("public.orders_id_seq");
        assertThat(findings(part))
                .contains(
                        "has nothing that is called like 'public.\"Über*\"' (tables.exclude); look for a typing error")
                .anyMatch(found -> found.contains(
                        "constraint orders_customer_fkey on table public.orders (needs table public.customers)"));
        String copy = restored(part);
        assertThat(server.query(copy, "SELECT count(*) FROM orders")).isEqualTo("2");
    }

    @Test
    void only_the_chosen_tables_come_with_the_types_and_extensions_they_need() {
        String shop = shop();
        MemoryPart part = backUp(shop, only("public.orders", "public.customers", "public.e*_2024"));
        assertThat(keys(part, "table/")).containsExactly("public.customers", "public.events_2024", "public.orders");
        String copy = restored(part);
        assertThat(server.query(copy, "SELECT more FROM orders WHERE id = 1")).isEqualTo("\"k\"=>\"v\"");
        assertThat(server.query(copy, "SELECT count(*) FROM events")).isEqualTo("1");
        assertThat(server.query(copy, "INSERT INTO customers (name) VALUES ('c') RETURNING id"))
                .isEqualTo("3");
    }

    @Test
    void the_schema_of_an_extension_stays_for_it() {
        String shop = shop();
        MemoryPart part = backUp(shop, new Selection(new Names(List.of("PUBLIC"), List.of()), ALL, List.of()));
        assertThat(keys(part, "table/")).noneMatch(key -> key.startsWith("extensions."));
        assertThat(part.details())
                .hasEntrySatisfying("left-out", text -> assertThat(text).startsWith("2 schemas"));
        String copy = restored(part);
        assertThat(server.query(copy, "SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'hstore'"))
                .isEqualTo("extensions");
        assertThat(server.query(copy, "SELECT to_regclass('extensions.notes')")).isNull();
    }

    @Test
    void a_table_without_its_rows_keeps_its_definition_and_loses_foreign_keys_that_would_find_nothing() {
        String shop = shop();
        MemoryPart part = backUp(shop, withoutRows("public.customers", "public.events", "audit.*"));
        assertThat(keys(part, "table/")).containsExactly("extensions.notes", "public.\"Über Log\"", "public.orders");
        assertThat(findings(part))
                .containsExactly(
                        "what cannot be without that which the selection leaves out is left out too: constraint"
                                + " orders_customer_fkey on table public.orders (needs the rows of table public.customers)");
        assertThat(part.details()).containsEntry("left-out", "5 tables' rows, 1 object that needs them");
        String copy = restored(part);
        assertThat(server.query(copy, "SELECT count(*) FROM customers")).isEqualTo("0");
        assertThat(server.query(copy, "SELECT count(*) FROM events")).isEqualTo("0");
        assertThat(server.query(copy, "SELECT count(*) FROM pg_constraint WHERE conname = 'log_order_id_fkey'"))
                .isEqualTo("1");
        assertThat(server.query(copy, "SELECT count(*) FROM totals")).isEqualTo("1");
    }

    @Test
    void what_a_selected_table_cannot_be_without_is_refused_before_anything_is_read() {
        String shop = Server.database(
                server,
                "CREATE SCHEMA types",
                "CREATE TYPE types.mood AS ENUM ('ok')",
                "CREATE FUNCTION types.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "CREATE TABLE t (m types.mood, d int DEFAULT types.f(), CHECK (d > types.f()))",
                "CREATE TABLE parent (x int)",
                "CREATE TABLE child () INHERITS (parent)");
        assertThatThrownBy(() -> backUp(shop, new Selection(new Names(List.of(), List.of("types")), ALL, List.of())))
                .isInstanceOf(Invalid.class)
                .hasMessage("the selection of database '" + shop + "' leaves out what others cannot be without: "
                        + "constraint t_d_check on table public.t (needs function types.f()), "
                        + "default value for column d of table public.t (needs function types.f()), "
                        + "table public.t (needs type types.mood)");
        String sequence = Server.database(
                server,
                "CREATE SCHEMA audit",
                "CREATE TABLE audit.log (id serial)",
                "CREATE TABLE t (id int DEFAULT nextval('audit.log_id_seq'))");
        assertThatThrownBy(() -> backUp(sequence, new Selection(NOT_AUDIT, ALL, List.of())))
                .hasMessageEndingWith(
                        "default value for column id of table public.t (needs sequence audit.log_id_seq)");
        assertThatThrownBy(() -> backUp(shop, without("public.parent")))
                .hasMessageEndingWith("without: table public.child (needs table public.parent)")
                .satisfies(e -> assertThat(((HoldfastException) e).hint()).contains("exclude-data"));
    }

    @Test
    void a_selection_that_leaves_no_table_is_refused() {
        String shop = Server.database(server, "CREATE TABLE orders (x int)");
        assertThatThrownBy(() -> backUp(shop, only("public.ordres")))
                .isInstanceOf(Invalid.class)
                .hasMessage("the selection of database '" + shop + "' leaves none of its 1 tables")
                .satisfies(
                        e -> assertThat(((HoldfastException) e).hint()).contains("'public.ordres' (tables.include)"));
    }

    @Test
    void partitions_whose_rows_are_routed_anew_are_not_cut_apart() {
        String shop = Server.database(
                server,
                "CREATE TYPE mood AS ENUM ('a', 'b')",
                "CREATE TABLE moods (m mood) PARTITION BY HASH (m)",
                "CREATE TABLE moods_0 PARTITION OF moods FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
                "CREATE TABLE moods_1 PARTITION OF moods FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
                "CREATE TABLE t (x int)");
        assertThatThrownBy(() -> backUp(shop, without("public.moods_1")))
                .hasMessageContaining("leaves out partition public.moods_1 and not its sibling public.moods_0");
        assertThat(keys(backUp(shop, without("public.moods")), "table/")).containsExactly("public.t");
    }

    @Test
    void tables_the_user_may_not_read_can_be_left_out() {
        String shop = Server.database(
                server,
                "CREATE TABLE secret (id serial)",
                "CREATE TABLE own (x int)",
                "INSERT INTO own VALUES (1)",
                "DROP ROLE IF EXISTS selector",
                "CREATE ROLE selector LOGIN PASSWORD 's'",
                "GRANT SELECT ON own TO selector");
        PostgresLocation location = PostgresLocation.parse(server.url("selector", "s", shop));
        MemoryPart part = Server.backUp(location, new MemoryPart("postgres"), without("public.secret"));
        assertThat(keys(part, "table/")).containsExactly("public.own");
        server.execute(shop, "DROP OWNED BY selector", "DROP ROLE selector");
    }

    @Test
    void a_sequence_that_another_table_uses_stays() {
        String shop = Server.database(
                server,
                "CREATE TABLE gone (id serial)",
                "CREATE TABLE stays (id int DEFAULT nextval('gone_id_seq'))",
                "INSERT INTO stays DEFAULT VALUES");
        MemoryPart part = backUp(shop, without("public.gone"));
        assertThat(keys(part, "sequence/")).containsExactly("public.gone_id_seq");
        assertThat(server.query(restored(part), "INSERT INTO stays DEFAULT VALUES RETURNING id"))
                .isEqualTo("2");
    }

    @Test
    void a_part_does_not_replace_the_whole() {
        String shop = shop();
        MemoryPart part = backUp(shop, without("audit.log"));
        assertThatThrownBy(() -> Server.restore(part, Server.location(server, shop), true))
                .isInstanceOf(AlreadyExists.class)
                .hasMessageContaining("would be replaced by a part of it: the snapshot leaves out 1 table or view");
        assertThat(server.query(shop, "SELECT count(*) FROM audit.log")).isEqualTo("1");
    }
}
