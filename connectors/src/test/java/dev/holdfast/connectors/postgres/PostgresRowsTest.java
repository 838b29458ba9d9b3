package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.PostgresRestore.Contents;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows alone, into tables that are there. */
@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresRowsTest {
    private static final String TABLES = """
            CREATE TYPE mood AS ENUM ('sad', 'ok');
            CREATE TABLE z_customers (id int PRIMARY KEY, name text);
            CREATE TABLE a_orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int NOT NULL REFERENCES z_customers,
              total numeric(12,4), note text, twice numeric GENERATED ALWAYS AS (total * 2) STORED);
            CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree);
            CREATE TABLE cycle_a (id int PRIMARY KEY, b int);
            CREATE TABLE cycle_b (id int PRIMARY KEY, a int REFERENCES cycle_a);
            ALTER TABLE cycle_a ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES cycle_b;
            CREATE TABLE parts (id int PRIMARY KEY, up int REFERENCES parts) PARTITION BY RANGE (id);
            CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
            CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);
            CREATE TABLE part_notes (part int REFERENCES parts);
            CREATE TABLE routed (m mood, v int) PARTITION BY HASH (m);
            CREATE TABLE routed_0 PARTITION OF routed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE routed_1 PARTITION OF routed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            CREATE SEQUENCE apart;
            INSERT INTO z_customers VALUES (1, 'a'), (2, 'b');
            INSERT INTO a_orders (customer, total, note) SELECT 1 + i % 2, i / 7.0, 'n' FROM generate_series(1, 50) i;
            INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2);
            INSERT INTO cycle_a VALUES (1, NULL), (2, NULL);
            INSERT INTO cycle_b VALUES (1, 2), (2, 1);
            UPDATE cycle_a SET b = id;
            INSERT INTO parts VALUES (1, NULL), (11, 1);
            UPDATE parts SET up = 11 WHERE id = 1;
            INSERT INTO part_notes VALUES (1), (11);
            INSERT INTO routed SELECT (enum_range(NULL::mood))[1 + i % 2], i FROM generate_series(1, 20) i;
            SELECT setval('apart', 77);
            CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := ''stamped''; RETURN NEW; END';
            CREATE TRIGGER plain BEFORE INSERT ON a_orders FOR EACH ROW EXECUTE FUNCTION stamp();
            CREATE TRIGGER always BEFORE INSERT ON a_orders FOR EACH ROW EXECUTE FUNCTION stamp();
            CREATE TRIGGER never BEFORE INSERT ON a_orders FOR EACH ROW EXECUTE FUNCTION stamp();
            ALTER TABLE a_orders ENABLE ALWAYS TRIGGER always, DISABLE TRIGGER never;
            """;
    private static final String ALL = "z_customers, a_orders, tree, cycle_a, cycle_b, parts, part_notes, routed";
    private static final Choice ROWS = Choice.whole().contents(Contents.DATA);

    private static PrivatePostgres server;
    private static String database;
    private static MemoryPart part;
    private String live;

    @BeforeAll
    static void start() {
        server = Server.shared();
        database = Server.database(server, TABLES);
        part = Server.backUp(server, database);
    }

    @BeforeEach
    void a_copy() {
        live = database + "_rows";
        server.execute("postgres", "CREATE DATABASE " + live + " TEMPLATE " + database);
    }

    @AfterEach
    void drop() {
        server.dropDatabase(live);
    }

    private PostgresLocation live() {
        return Server.location(server, live);
    }

    private RestoreReport restore(Choice choice) {
        return Server.restore(part, live(), choice, false);
    }

    private String fingerprint() {
        return server.query(live, """
                SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
                  SELECT t::text FROM z_customers t UNION ALL SELECT t::text FROM a_orders t UNION ALL SELECT t::text FROM tree t
                  UNION ALL SELECT t::text FROM cycle_a t UNION ALL SELECT t::text FROM cycle_b t
                  UNION ALL SELECT t::text FROM parts t UNION ALL SELECT t::text FROM routed t
                  UNION ALL SELECT t::text FROM part_notes t
                  UNION ALL SELECT last_value || ' ' || is_called FROM apart
                  UNION ALL SELECT last_value || ' ' || is_called FROM a_orders_id_seq
                  UNION ALL SELECT tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
                  UNION ALL SELECT conname || condeferrable || condeferred || convalidated FROM pg_constraint) lines (line)""");
    }

    @Test
    void rows_come_back_into_empty_tables_as_they_were() {
        String before = fingerprint();
        server.execute(live, "TRUNCATE " + ALL + " RESTART IDENTITY", "SELECT setval('apart', 900)");
        RestoreReport report = restore(ROWS);
        assertThat(report.findings()).isEmpty();
        assertThat(report.notes())
                .containsExactly(
                        "Read again and compared before it was committed: 12 tables and sequences are equal to the"
                                + " snapshot.");
        assertThat(fingerprint()).isEqualTo(before);
        assertThat(server.query(live, "SELECT reltuples::int FROM pg_class WHERE relname = 'a_orders'"))
                .isEqualTo("50");
    }

    @Test
    void tables_with_rows_are_emptied_only_if_that_was_agreed_to() {
        String before = fingerprint();
        server.execute(live, "DELETE FROM a_orders WHERE id > 10", "INSERT INTO routed VALUES ('ok', 5)");
        String changed = fingerprint();
        assertThatThrownBy(() -> restore(ROWS))
                .isInstanceOf(AlreadyExists.class)
                .hasMessageStartingWith("tables of database '" + live + "' have rows already: public.a_orders, ");
        assertThat(fingerprint()).isEqualTo(changed);
        try (PostgresTarget target =
                new PostgresTarget(live(), ROWS.truncating().restore(), 2, Server.folder())) {
            RestorePlan plan = target.plan(part, false);
            assertThat(plan.obstacles()).isEmpty();
            assertThat(plan.losses()).hasSize(1).first().asString().contains("will be replaced: public.a_orders, ");
            assertThat(plan.steps().getLast())
                    .isEqualTo("Triggers do not run; foreign keys are checked, at the end where they go in circles:"
                            + " public.parts parts_up_fkey, public.cycle_a to_b.");
        }
        assertThat(fingerprint()).isEqualTo(changed);
        restore(ROWS.truncating());
        assertThat(fingerprint()).isEqualTo(before);
    }

    @Test
    void one_table_is_filled_and_its_references_are_checked() {
        server.execute(live, "TRUNCATE a_orders", "SELECT setval('a_orders_id_seq', 3)", "SELECT setval('apart', 3)");
        Choice orders = Choice.tables("public.a_orders").contents(Contents.DATA);
        assertThat(restore(orders).entries()).isEqualTo(2);
        assertThat(server.query(live, "SELECT count(*) FROM a_orders WHERE note = 'n'"))
                .isEqualTo("50");
        assertThat(server.query(live, "SELECT last_value FROM a_orders_id_seq")).isEqualTo("50");
        assertThat(server.query(live, "SELECT last_value FROM apart")).isEqualTo("3");

        server.execute(
                live,
                "UPDATE a_orders SET note = 'mine', customer = 1",
                "DELETE FROM z_customers WHERE id = 2",
                "SELECT setval('a_orders_id_seq', 1000)");
        String before = fingerprint();
        assertThatThrownBy(() -> restore(orders.truncating()))
                .hasMessageContaining(
                        "filling table public.a_orders failed: insert or update on table \"a_orders\" violates"
                                + " foreign key constraint");
        assertThat(fingerprint()).isEqualTo(before);
        assertThatThrownBy(() -> restore(
                        Choice.tables("z_customers").contents(Contents.DATA).truncating()))
                .hasMessage(
                        "tables cannot be emptied, because others refer to them: public.a_orders (a_orders_customer_fkey)");
    }

    @Test
    void rows_that_would_not_be_the_same_undo_everything() {
        server.execute(
                live,
                "TRUNCATE " + ALL,
                "ALTER TABLE a_orders DROP COLUMN twice",
                "SELECT setval('apart', 900)",
                "ALTER TABLE a_orders ALTER total TYPE numeric(12,1), ADD twice numeric GENERATED ALWAYS AS (total) STORED");
        String before = fingerprint();
        assertThatThrownBy(() -> restore(ROWS))
                .hasMessageStartingWith(
                        "what was restored is not what was captured: table public.a_orders had 50 rows");
        assertThat(fingerprint()).isEqualTo(before);
        restore(ROWS.compared(false));
        assertThat(server.query(live, "SELECT count(*) FROM a_orders")).isEqualTo("50");
    }

    @Test
    void tables_that_others_use_are_waited_for_and_who_is_connected_is_told() throws Exception {
        String before = fingerprint();
        try (Connection connection = server.connect(live);
                Statement statement = connection.createStatement();
                PostgresTarget target = new PostgresTarget(
                        live(),
                        ROWS.truncating().restore(),
                        1,
                        Server.folder(),
                        ClientTools.ofMachine(),
                        Duration.ofMillis(200),
                        RowPieces.PIECE_BYTES)) {
            connection.setAutoCommit(false);
            statement.execute("SET application_name = 'shop web'");
            statement.execute("SELECT count(*) FROM tree");
            target.preflight(part, false);
            assertThatThrownBy(() -> target.restore(part, Progress.NONE))
                    .isInstanceOf(Busy.class)
                    .hasMessageContaining(
                            "are in use by others, waited 200 ms: canceling statement due to lock timeout;")
                    .hasMessageContaining("shop web (1)");
        }
        assertThat(fingerprint()).isEqualTo(before);
    }

    @Test
    void tables_that_do_not_fit_are_told_before() {
        server.execute(live, "TRUNCATE " + ALL, "ALTER TABLE z_customers ADD mail text", "DROP TABLE tree");
        assertThatThrownBy(() -> restore(ROWS))
                .hasMessageContaining("table public.tree is not there")
                .hasMessageContaining(
                        "table public.z_customers has the columns [id, name, mail], the snapshot has [id, name]");
        assertThatThrownBy(() -> Server.restore(part, Server.location(server, "never"), ROWS, false))
                .isInstanceOfSatisfying(
                        HoldfastException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DATABASE_MISSING));
        server.execute("postgres", "CREATE ROLE rows_reader LOGIN PASSWORD 'p'");
        server.execute(live, "GRANT ALL ON z_customers TO rows_reader", "ALTER TABLE z_customers DROP mail");
        PostgresLocation reader = PostgresLocation.parse(server.url("rows_reader", "p", live));
        assertThatThrownBy(() -> Server.restore(
                        part, reader, Choice.tables("z_customers").contents(Contents.DATA), false))
                .isInstanceOf(AccessDenied.class)
                .hasMessage("user 'rows_reader' does not own public.z_customers");
    }
}
