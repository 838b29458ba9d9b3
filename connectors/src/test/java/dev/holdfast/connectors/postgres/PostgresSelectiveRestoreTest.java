package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.PostgresRestore.Contents;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Some tables or schemas of a database. */
@Timeout(180)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresSelectiveRestoreTest {
    private static final String SHOP = """
            CREATE SCHEMA app AUTHORIZATION shop_owner;
            COMMENT ON SCHEMA app IS 'the shop';
            GRANT USAGE ON SCHEMA app TO shop_reader;
            CREATE EXTENSION hstore;
            CREATE EXTENSION btree_gist;
            CREATE TYPE app.state AS ENUM ('open', 'paid');
            CREATE DOMAIN public.money_amount AS numeric(12,2) CHECK (VALUE >= 0);
            CREATE FUNCTION app.next_code() RETURNS text LANGUAGE sql AS 'SELECT ''c'' || md5(random()::text)';
            CREATE FUNCTION app.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := ''stamped''; RETURN NEW; END';
            CREATE SEQUENCE app.tickets START 500;
            CREATE TABLE app.customers (id int PRIMARY KEY, name text);
            CREATE TABLE app.orders (
              id bigserial PRIMARY KEY, number int GENERATED ALWAYS AS IDENTITY (START 7), ticket int DEFAULT nextval('app.tickets'),
              customer int NOT NULL REFERENCES app.customers, parent bigint REFERENCES app.orders, code text DEFAULT app.next_code(),
              state app.state DEFAULT 'open', total public.money_amount, tags hstore, note text, place int4range,
              twice int GENERATED ALWAYS AS (customer * 2) STORED,
              UNIQUE (code), CHECK (total < 1000000), EXCLUDE USING gist (customer WITH =, place WITH &&));
            CREATE INDEX orders_by_state ON app.orders (state) WHERE total > 1;
            CREATE STATISTICS app.orders_stats ON customer, state FROM app.orders;
            COMMENT ON TABLE app.orders IS 'what was bought';
            COMMENT ON COLUMN app.orders.code IS 'a code';
            GRANT SELECT ON app.orders TO shop_reader;
            GRANT UPDATE (note) ON app.orders TO shop_reader;
            ALTER TABLE app.orders OWNER TO shop_owner;
            ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON app.orders TO shop_reader USING (state = 'paid');
            INSERT INTO app.customers VALUES (1, 'a'), (2, 'b');
            INSERT INTO app.orders (customer, total, tags, note) SELECT 1 + i % 2, i, 'k=>v', 'n' || i FROM generate_series(1, 300) i;
            UPDATE app.orders SET parent = id - 1 WHERE id % 3 = 0;
            CREATE TRIGGER stamped BEFORE INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION app.stamp();
            CREATE VIEW app.paid AS SELECT id, total FROM app.orders WHERE state = 'paid';
            CREATE VIEW app.with_customers AS SELECT o.id, c.name FROM app.orders o JOIN app.customers c ON c.id = o.customer;
            CREATE MATERIALIZED VIEW app.sums AS SELECT state, sum(total) AS total FROM app.orders GROUP BY 1;
            CREATE TABLE public.events (at date NOT NULL, body text, PRIMARY KEY (at)) PARTITION BY RANGE (at);
            CREATE TABLE public.events_2023 PARTITION OF public.events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
            CREATE TABLE public.events_2024 PARTITION OF public.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            INSERT INTO public.events VALUES ('2023-05-05', 'x'), ('2024-02-29', 'y'), ('2024-03-01', 'z');
            CREATE TABLE public.base (a int);
            CREATE TABLE public.derived (b int) INHERITS (public.base);
            INSERT INTO public.base VALUES (1);
            INSERT INTO public.derived VALUES (2, 3);
            """;
    private static final String ROWS =
            "SELECT md5(string_agg(concat_ws('|', id, number, ticket, customer, parent, code, state,"
                    + " total, tags, note, twice), ',' ORDER BY id)) FROM ";

    private static PrivatePostgres server;
    private static String shop;
    private static MemoryPart part;
    private String live;

    @BeforeAll
    static void start() {
        server = Server.shared();
        server.execute("postgres", "CREATE ROLE shop_owner", "CREATE ROLE shop_reader");
        shop = Server.database(server, SHOP);
        part = Server.backUp(server, shop);
    }

    @BeforeEach
    void a_database_in_use() {
        live = shop + "_live";
        server.execute("postgres", "CREATE DATABASE " + live + " TEMPLATE " + shop);
    }

    @AfterEach
    void nothing_is_left() {
        server.dropDatabase(live);
        assertThat(server.query(
                        "postgres",
                        "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE '%\\_holdfast\\_%'"))
                .isNull();
    }

    private PostgresLocation live() {
        return Server.location(server, live);
    }

    private String query(String sql) {
        return String.valueOf(server.query(live, sql));
    }

    private static RestoreReport restore(PostgresLocation location, Choice choice) {
        return Server.restore(part, location, choice, false);
    }

    private static List<String> subjects(RestoreReport report) {
        return report.findings().stream().map(Finding::subject).toList();
    }

    @Test
    void a_table_comes_into_a_new_database_with_all_it_needs_and_has() {
        String copy = shop + "_one";
        RestoreReport report = restore(
                Server.location(server, copy), Choice.tables("app.orders").compared(true));

        assertThat(report.findings())
                .extracting(finding -> finding.subject() + " " + finding.message())
                .containsExactly(
                        "FK CONSTRAINT app.orders orders_customer_fkey is left out: it needs TABLE app.customers,"
                                + " which is not selected; to add it: ALTER TABLE ONLY app.orders ADD CONSTRAINT orders_customer_fkey"
                                + " FOREIGN KEY (customer) REFERENCES app.customers(id);");
        assertThat(server.query(copy, ROWS + "app.orders")).isEqualTo(server.query(shop, ROWS + "app.orders"));
        assertThat(server.query(
                        copy,
                        "SELECT string_agg(relname || relkind::text, ' ' ORDER BY relname) FROM pg_class"
                                + " WHERE relnamespace = 'app'::regnamespace AND relkind <> 'i'"))
                .isEqualTo("ordersr orders_id_seqS orders_number_seqS ticketsS");
        for (String same : new String[] {
            "SELECT string_agg(pg_get_indexdef(indexrelid), ';' ORDER BY pg_get_indexdef(indexrelid)) FROM pg_index WHERE indrelid = 'app.orders'::regclass",
            "SELECT string_agg(conname || pg_get_constraintdef(oid), ';' ORDER BY conname) FROM pg_constraint"
                    + " WHERE conrelid = 'app.orders'::regclass AND conname <> 'orders_customer_fkey'",
            "SELECT string_agg(pg_get_triggerdef(oid), ';') FROM pg_trigger WHERE tgrelid = 'app.orders'::regclass AND NOT tgisinternal",
            "SELECT string_agg(adrelid::regclass::text || pg_get_expr(adbin, adrelid), ';' ORDER BY adnum) FROM pg_attrdef"
                    + " WHERE adrelid = 'app.orders'::regclass",
            "SELECT obj_description('app.orders'::regclass) || relacl::text || relowner::regrole || relrowsecurity FROM pg_class"
                    + " WHERE oid = 'app.orders'::regclass",
            "SELECT string_agg(attname || coalesce(attacl::text, '') || coalesce(col_description(attrelid, attnum), ''), ';'"
                    + " ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'app.orders'::regclass AND attnum > 0",
            "SELECT polname || polroles::regrole[]::text FROM pg_policy WHERE polrelid = 'app.orders'::regclass",
            "SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext",
            "SELECT last_value FROM app.tickets",
            "SELECT last_value FROM app.orders_id_seq",
            "SELECT pg_get_serial_sequence('app.orders', 'number') || last_value FROM app.orders_number_seq",
        }) {
            assertThat(server.query(copy, same)).as(same).isEqualTo(server.query(shop, same));
        }
        server.dropDatabase(copy);
    }

    @Test
    void a_table_comes_beside_the_one_that_is_there() {
        server.execute(live, "DELETE FROM app.orders WHERE id > 100");
        String before = fingerprint();

        try (PostgresTarget target =
                new PostgresTarget(live(), Choice.tables("app.orders").restore(), 2, Server.folder())) {
            RestorePlan plan = target.plan(part, false);
            assertThat(plan.obstacles()).isEmpty();
            assertThat(plan.losses()).isEmpty();
            assertThat(plan.steps().get(1))
                    .isEqualTo(
                            "Database '" + live + "' gets 4 tables, views and sequences in schema \"restored_<time>\","
                                    + " with 300 rows.");
            assertThat(plan.facts())
                    .contains(new RestorePlan.Fact(
                            "already-there",
                            List.of("TYPE app.state", "DOMAIN public.money_amount", "FUNCTION app.next_code()")));
        }
        assertThat(query("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'restored%'"))
                .isEqualTo("0");
        RestoreReport report = restore(live(), Choice.tables("app.orders"));

        assertThat(fingerprint()).isEqualTo(before);
        String side = query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'restored%'");
        assertThat(side).matches("restored_[0-9]{8}_[0-9]{6}");
        assertThat(query(ROWS + side + ".orders")).isEqualTo(server.query(shop, ROWS + "app.orders"));
        assertThat(subjects(report))
                .containsExactly("FK CONSTRAINT app.orders orders_customer_fkey", "TRIGGER app.orders stamped");
        assertThat(report.notes().getFirst())
                .isEqualTo(
                        "Read again and compared before it got its name: 4 tables and sequences are equal to the snapshot.");
        assertThat(report.notes().getLast()).contains("DROP SCHEMA \"" + side + "\" CASCADE;");
        assertThat(query(
                        "SELECT string_agg(relname || relkind::text, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = '"
                                + side + "'::regnamespace AND relkind <> 'i'"))
                .isEqualTo("ordersr orders_id_seqS orders_number_seqS ticketsS");
        assertThat(query("SELECT count(*) FROM pg_index WHERE indrelid = '" + side + ".orders'::regclass"))
                .isEqualTo("4");
        assertThat(query("SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE conrelid = '" + side
                        + ".orders'::regclass"))
                .isEqualTo(
                        "orders_code_key orders_customer_place_excl orders_parent_fkey orders_pkey orders_total_check");
        assertThat(query("SELECT relacl::text || obj_description(oid) || relowner::regrole FROM pg_class WHERE oid = '"
                        + side + ".orders'::regclass"))
                .isEqualTo("{shop_owner=arwdDxt/shop_owner,shop_reader=r/shop_owner}what was boughtshop_owner");
        assertThat(query("INSERT INTO " + side
                        + ".orders (customer) VALUES (2) RETURNING id || ' ' || number || ' ' || ticket"))
                .isEqualTo("301 307 800");
        // its types are those that are there, so rows can go back
        server.execute(
                live,
                "INSERT INTO app.orders (id, number, customer, state, total) OVERRIDING SYSTEM VALUE"
                        + " SELECT id, number, customer, state, total FROM " + side
                        + ".orders WHERE id BETWEEN 101 AND 300");
        assertThat(query("SELECT count(*) FROM app.orders")).isEqualTo("300");
        server.execute(live, "DROP SCHEMA " + side + " CASCADE");
    }

    /** Everything but restored schemas. */
    private String fingerprint() {
        return query("""
                SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
                  SELECT c.oid || c.relname || c.relfilenode || coalesce(c.relacl::text, '') || c.relhastriggers FROM pg_class c
                  WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('app', 'public'))
                  UNION ALL SELECT p.oid || p.proname FROM pg_proc p WHERE p.pronamespace IN ('app'::regnamespace, 'public'::regnamespace)
                  UNION ALL SELECT t.oid || t.typname FROM pg_type t WHERE t.typnamespace IN ('app'::regnamespace, 'public'::regnamespace)
                  UNION ALL SELECT o::text FROM app.orders o) lines (line)""");
    }

    @Test
    void what_is_there_in_another_form_comes_as_a_copy() {
        server.execute(
                live,
                "ALTER TYPE app.state ADD VALUE 'lost'",
                "ALTER DOMAIN public.money_amount DROP CONSTRAINT money_amount_check",
                "DROP TABLE app.orders CASCADE",
                "DROP FUNCTION app.next_code()",
                "CREATE SCHEMA ext",
                "ALTER EXTENSION hstore SET SCHEMA ext");
        RestoreReport report = restore(live(), Choice.tables("app.orders").side("Odd \"side\""));
        assertThat(report.notes()).anyMatch(note -> note.startsWith("What came from schema public is in schema"));
        assertThat(query("SELECT enum_range(NULL::\"Odd \"\"side\"\"_app\".state)"))
                .isEqualTo("{open,paid}");
        assertThat(query("SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attname = 'tags' AND attnum > 0"))
                .isEqualTo("ext.hstore");
        assertThat(query("SELECT count(*) FROM \"Odd \"\"side\"\"_app\".orders"))
                .isEqualTo("300");
        assertThat(
                        query(
                                "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE pg_get_expr(adbin, adrelid) LIKE '%code%'"))
                .isEqualTo("\"Odd \"\"side\"\"_app\".next_code()");
        assertThat(query("SELECT '-1'::\"Odd \"\"side\"\"_public\".money_amount IS NULL FROM pg_class WHERE false"))
                .isEqualTo("null");
    }

    @Test
    void a_table_that_is_gone_comes_back_into_its_schema() {
        server.execute(live, "DROP TABLE app.orders CASCADE", "DELETE FROM app.customers WHERE id = 2");
        RestoreReport report = restore(live(), Choice.tables("app.orders").original());

        assertThat(query(ROWS + "app.orders")).isEqualTo(server.query(shop, ROWS + "app.orders"));
        assertThat(query("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'app.orders'::regclass AND NOT tgisinternal"))
                .isEqualTo("1");
        assertThat(subjects(report)).containsExactly("FK CONSTRAINT app.orders orders_customer_fkey");
        assertThat(report.notes().getLast()).isEqualTo("It is in the schemas it came from: app.");
        assertThat(query("SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_'"))
                .isEqualTo("app information_schema public");
        server.execute(live, "INSERT INTO app.customers VALUES (2, 'b')");
        String finding = report.findings().getFirst().message();
        server.execute(live, finding.substring(finding.indexOf("ALTER TABLE")));
        assertThat(query("SELECT count(*) FROM pg_constraint WHERE conname = 'orders_customer_fkey'"))
                .isEqualTo("1");
    }

    @Test
    void nothing_that_is_there_is_replaced_by_a_selection() {
        String before = fingerprint();
        assertThatThrownBy(() -> restore(live(), Choice.tables("app.orders").original()))
                .isInstanceOf(AlreadyExists.class)
                .hasMessageContaining("has already app.orders");
        server.execute(live, "CREATE SCHEMA side");
        assertThatThrownBy(() -> restore(live(), Choice.tables("app.orders").side("side")))
                .isInstanceOf(AlreadyExists.class)
                .hasMessageEndingWith("has already schema side");
        server.execute(live, "DROP TABLE app.orders CASCADE", "ALTER TYPE app.state ADD VALUE 'lost'");
        assertThatThrownBy(() -> restore(live(), Choice.tables("app.orders").original()))
                .isInstanceOf(AlreadyExists.class)
                .hasMessageContaining("has already TYPE app.state");
        assertThatThrownBy(() -> Server.restore(part, live(), Choice.tables("app.orders"), true))
                .hasMessage("--overwrite replaces whole databases, and only some of one was selected");
        assertThat(before).isNotNull();
    }

    @Test
    void a_schema_that_is_gone_comes_back_as_it_was() throws Exception {
        String before = definitions("app");
        server.execute(live, "DROP SCHEMA app CASCADE");
        RestoreReport report = restore(live(), Choice.schemas("app").original());
        assertThat(report.findings()).isEmpty();
        assertThat(definitions("app")).isEqualTo(before);
        assertThat(query("SELECT count(*) FROM app.sums")).isEqualTo("1");
        assertThat(query(ROWS + "app.orders")).isEqualTo(server.query(shop, ROWS + "app.orders"));
    }

    private String definitions(String schema) throws Exception {
        Path out = Server.folder().resolve("schema.sql");
        Process process = new ProcessBuilder(
                        server.binFolder().resolve("pg_dump").toString(),
                        "--schema-only",
                        "--restrict-key=x",
                        "--schema=" + schema,
                        "-d",
                        server.url("postgres").replaceAll("/postgres$", "/" + live))
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return Files.readString(out);
    }

    @Test
    void a_schema_comes_beside_the_one_that_is_there() {
        RestoreReport report = restore(live(), Choice.schemas("app").side("side"));
        assertThat(subjects(report)).containsExactly("TRIGGER app.orders stamped");
        assertThat(query("SELECT count(*) FROM side.with_customers")).isEqualTo("300");
        assertThat(query("SELECT count(*) FROM pg_proc WHERE pronamespace = 'side'::regnamespace"))
                .isEqualTo("2");
        assertThat(query("SELECT count(*) FROM side.sums")).isEqualTo("1");
        assertThat(query("SELECT enum_range(NULL::side.state)")).isEqualTo("{open,paid}");
    }

    @Test
    void partitions_come_with_their_table_and_also_alone() {
        restore(live(), Choice.tables("events").side("whole"));
        assertThat(query("SELECT count(*) FROM whole.events")).isEqualTo("3");
        assertThat(query("SELECT count(*) FROM pg_inherits WHERE inhparent = 'whole.events'::regclass"))
                .isEqualTo("2");
        RestoreReport leaf = restore(live(), Choice.tables("public.events_2024").side("leaf"));
        assertThat(leaf.findings())
                .containsExactly(
                        new Finding(
                                "TABLE public.events_2024",
                                "comes as a table of its own: it is a partition of TABLE public.events, which is not selected"));
        assertThat(query("SELECT count(*) FROM leaf.events_2024")).isEqualTo("2");
        RestoreReport derived = restore(live(), Choice.tables("public.derived").side("derived"));
        assertThat(subjects(derived)).containsExactly("TABLE public.base");
        assertThat(query("SELECT string_agg(a::text, ' ' ORDER BY a) FROM derived.base"))
                .isEqualTo("1 2");
    }

    @Test
    void definitions_come_without_rows() {
        RestoreReport report =
                restore(live(), Choice.tables("app.*").contents(Contents.SCHEMA).side("empty"));
        assertThat(query("SELECT count(*) FROM empty.orders")).isEqualTo("0");
        assertThat(report.entries()).isEqualTo(1);
        String copy = shop + "_schema";
        restore(Server.location(server, copy), Choice.whole().contents(Contents.SCHEMA));
        assertThat(server.query(copy, "SELECT count(*) FROM app.orders")).isEqualTo("0");
        assertThat(server.query(copy, "SELECT last_value || ' ' || is_called FROM app.tickets"))
                .isEqualTo("500 false");
        server.dropDatabase(copy);
    }

    @Test
    void rows_of_another_encoding_are_converted_and_compared() {
        String latin = "selection_latin";
        server.execute("postgres", "CREATE DATABASE " + latin + " TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
        server.execute(
                latin,
                "CREATE TABLE \"größe\" (v text)",
                "COMMENT ON TABLE \"größe\" IS 'ü'",
                "INSERT INTO \"größe\" VALUES ('Ärger'), ('ß')");
        MemoryPart captured = Server.backUp(server, latin);
        server.dropDatabase(latin);
        RestoreReport report =
                Server.restore(captured, live(), Choice.tables("größe").side("side"), false);
        assertThat(report.notes().getFirst()).startsWith("Read again and compared");
        assertThat(query("SELECT string_agg(v, ' ' ORDER BY v) FROM side.\"größe\""))
                .isEqualTo("Ärger ß");
        assertThat(query("SELECT obj_description('side.\"größe\"'::regclass)")).isEqualTo("ü");
    }

    @Test
    void what_does_not_match_is_told() {
        assertThatThrownBy(() -> restore(live(), Choice.tables("app.orders", "app.oders")))
                .isInstanceOf(Missing.class)
                .hasMessage("the snapshot has no table that matches 'app.oders'");
        assertThatThrownBy(() -> restore(live(), Choice.schemas("shop*"))).isInstanceOf(Missing.class);
        assertThatThrownBy(() -> restore(Server.location(server, "never"), Choice.tables("app.paid")))
                .hasMessage("nothing that was selected can be restored alone: VIEW app.paid is left out: it needs"
                        + " TABLE app.orders, which is not selected");
    }

    @Test
    void an_extension_that_the_database_lacks_is_told_before() {
        server.execute(live, "DROP EXTENSION hstore CASCADE");
        try (PostgresTarget target =
                new PostgresTarget(live(), Choice.tables("app.orders").restore(), 2, Server.folder())) {
            RestorePlan plan = target.plan(part, false);
            assertThat(plan.obstacles())
                    .extracting(Throwable::getMessage)
                    .containsExactly("database '" + live + "' has not the extensions that the selection needs: hstore");
        }
    }

    @Test
    void a_selection_that_fails_leaves_nothing() {
        String before = query("SELECT count(*) FROM pg_namespace");
        AtomicBoolean cut = new AtomicBoolean();
        Progress cutting = new Progress() {
            @Override
            public void expect(long entries, long bytes) {}

            @Override
            public void advance(long entries, long bytes) {
                if (bytes > 0 && cut.compareAndSet(false, true)) {
                    server.execute(
                            "postgres",
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                    + " WHERE query LIKE 'COPY%FROM STDIN%'");
                }
            }
        };
        try (PostgresTarget target =
                new PostgresTarget(live(), Choice.tables("app.*").restore(), 2, Server.folder())) {
            target.preflight(part, false);
            assertThatThrownBy(() -> target.restore(part, cutting)).hasMessageStartingWith("filling table app.");
        }
        assertThat(query("SELECT count(*) FROM pg_namespace")).isEqualTo(before);
    }

    @Test
    void all_tables_of_a_hostile_database_come_beside_it() {
        server.execute("postgres", Hostile.ROLES);
        String hostile = Server.database(server, Hostile.SCHEMA);
        server.execute("postgres", Hostile.settings(hostile));
        MemoryPart captured = Server.backUp(server, hostile);
        PostgresLocation location = Server.location(server, hostile);

        RestoreReport tables =
                Server.restore(captured, location, Choice.tables("*.*").side("side"), false);
        RestoreReport schemas =
                Server.restore(captured, location, Choice.schemas("*").side("all"), false);
        RestoreReport fresh = Server.restore(
                captured,
                Server.location(server, hostile + "_fresh"),
                Choice.schemas("*").compared(true),
                false);

        for (RestoreReport report : List.of(tables, schemas, fresh)) {
            assertThat(report.notes().getFirst()).startsWith("Read again and compared");
        }
        assertThat(subjects(fresh))
                .containsExactlyInAnyOrder(
                        "PUBLICATION TABLE public.pub types",
                        "PUBLICATION TABLES IN SCHEMA \"Odd Schema\".pub Odd Schema",
                        "large objects");
        assertThat(server.query(hostile, "SELECT count(*) FROM side_public.types"))
                .isEqualTo("5003");
        assertThat(server.query(hostile, "SELECT count(*) FROM \"all_public\".types"))
                .isEqualTo("5003");
    }
}
