package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Checkup;
import dev.holdfast.engine.source.Diagnosis;
import dev.holdfast.engine.source.Diagnosis.Severity;
import dev.holdfast.engine.source.MemoryPart;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class DiagnosisTest {
    private static PrivatePostgres server;

    @BeforeAll
    static void start() {
        server = PrivatePostgres.in(Server.folder())
                .forgetful()
                .setting("max_connections", "20")
                .setting("max_locks_per_transaction", "10")
                .setting("max_prepared_transactions", "2")
                .start();
    }

    @AfterAll
    static void stop() {
        server.killHard();
        server.close();
    }

    private static PostgresSource source(PostgresLocation location) {
        return new PostgresSource(location, 2, Server.folder());
    }

    private static Checkup diagnose(String database) {
        return diagnose(Server.location(server, database));
    }

    private static Checkup diagnose(PostgresLocation location) {
        try (PostgresSource source = source(location)) {
            return source.diagnose();
        }
    }

    private static PostgresLocation as(String role, String database) {
        return PostgresLocation.parse(server.url(role, "pw", database));
    }

    private static List<Diagnosis> of(Checkup checkup, Severity severity) {
        return checkup.diagnoses().stream()
                .filter(diagnosis -> diagnosis.severity() == severity)
                .toList();
    }

    private static Diagnosis only(Checkup checkup, Severity severity, String subject) {
        List<Diagnosis> found = of(checkup, severity).stream()
                .filter(diagnosis -> diagnosis.subject().equals(subject))
                .toList();
        assertThat(found).as(checkup.toString()).hasSize(1);
        return found.getFirst();
    }

    /** What a backup is refused with is the problem that is told. */
    private static HoldfastException refusedAlike(PostgresLocation location, String subject) {
        HoldfastException refusal;
        try (PostgresSource source = source(location)) {
            refusal = catchThrowableOfType(HoldfastException.class, source::preflight);
        }
        Diagnosis problem = only(diagnose(location), Severity.PROBLEM, subject);
        assertThat(problem).isEqualTo(Diagnosis.problem(subject, refusal));
        return refusal;
    }

    @Test
    void a_database_in_which_all_is_well_is_told_so() {
        String database = Server.database(server, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)");

        Checkup checkup = diagnose(database);

        assertThat(of(checkup, Severity.WARNING)).isEmpty();
        assertThat(of(checkup, Severity.PROBLEM)).isEmpty();
        assertThat(of(checkup, Severity.OK))
                .extracting(Diagnosis::subject)
                .contains(
                        "connection",
                        "server",
                        "programs",
                        "privileges",
                        "encoding",
                        "locks",
                        "connections",
                        "long rows",
                        "scratch space");
        assertThat(checkup.bytes().orElseThrow()).isGreaterThan(1_000_000);
    }

    @Test
    void what_a_backup_is_refused_with_is_a_problem_with_the_same_code() {
        String database = Server.database(
                server,
                "CREATE TABLE hidden (x int)",
                "CREATE TABLE filtered (x int)",
                "ALTER TABLE filtered ENABLE ROW LEVEL SECURITY",
                "SELECT lo_create(0)",
                "CREATE ROLE reader LOGIN PASSWORD 'pw' CONNECTION LIMIT 4",
                "GRANT SELECT ON filtered TO reader",
                "CREATE ROLE all_but_rows LOGIN PASSWORD 'pw'",
                "GRANT pg_read_all_data TO all_but_rows");

        assertThat(refusedAlike(as("reader", database), "privileges").code()).isEqualTo(ErrorCode.TABLE_UNREADABLE);
        assertThat(refusedAlike(as("all_but_rows", database), "row security")).hasMessageContaining("filtered");
        assertThat(of(diagnose(as("reader", database)), Severity.PROBLEM))
                .extracting(Diagnosis::subject)
                .containsExactly("privileges", "row security", "large objects", "connections");
        assertThat(refusedAlike(as("nobody", database), "connection").code())
                .isEqualTo(ErrorCode.DATABASE_ACCESS_DENIED);
        assertThat(refusedAlike(Server.location(server, "absent"), "connection").code())
                .isEqualTo(ErrorCode.DATABASE_MISSING);
        server.execute(
                database,
                "GRANT SELECT ON hidden TO reader",
                "ALTER TABLE filtered DISABLE ROW LEVEL SECURITY",
                "DO $$ BEGIN PERFORM lo_unlink(oid) FROM pg_largeobject_metadata; END $$");
        assertThat(refusedAlike(as("reader", database), "connections"))
                .hasMessage("user reader may have 4 connections at once, a capture needs 5");
        Diagnosis roles = only(diagnose(as("reader", database)), Severity.WARNING, "roles");
        assertThat(roles.found()).contains("reader");
    }

    @Test
    void a_missing_program_is_a_problem_too() {
        PostgresLocation location = Server.location(server, Server.database(server));
        ClientTools none = new ClientTools(List.of(Path.of("/nowhere")));
        try (PostgresSource source = new PostgresSource(location, 2, Server.folder(), none, PostgresSource.LOCK_WAIT)) {
            assertThat(only(source.diagnose(), Severity.PROBLEM, "programs").code())
                    .contains(ErrorCode.DATABASE_TOOL_MISSING);
        }
    }

    @Test
    void whoever_is_in_the_way_is_named() throws Exception {
        String database = Server.database(server, "CREATE TABLE t (x int)", "CREATE TABLE u (x int)");
        server.execute(
                database,
                "SELECT pg_create_physical_replication_slot('unread')",
                "BEGIN; LOCK TABLE u; PREPARE TRANSACTION 'left behind'");
        try (Connection other = server.connect(database);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN; LOCK TABLE t");
            Checkup checkup = diagnose(database);
            assertThat(only(checkup, Severity.WARNING, "locks").found())
                    .contains("public.t is locked by process ", "LOCK TABLE t")
                    .contains("public.u is locked by prepared transaction 'left behind'");
            assertThat(only(checkup, Severity.NOTE, "transactions").found()).contains("left behind");
            assertThat(only(checkup, Severity.NOTE, "replication slots").effect())
                    .isEqualTo("they are not part of a backup");
        } finally {
            server.execute(database, "ROLLBACK PREPARED 'left behind'");
            server.execute(database, "SELECT pg_drop_replication_slot('unread')");
        }
    }

    @Test
    void too_little_room_for_locks_and_connections_is_told() throws Exception {
        List<String> tables = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tables.add("CREATE TABLE t" + i + " (x int)");
        }
        String database = Server.database(server, tables.toArray(String[]::new));
        List<Connection> others = new ArrayList<>();
        try {
            for (int i = 0; i < 15; i++) {
                others.add(server.connect("postgres"));
            }
            Checkup checkup = diagnose(database);
            assertThat(only(checkup, Severity.WARNING, "locks").found()).contains("two for each of 100 tables");
            assertThat(only(checkup, Severity.WARNING, "connections").found()).contains("a backup uses up to 6");
        } finally {
            for (Connection other : others) {
                other.close();
            }
        }
    }

    @Test
    void a_row_that_is_too_long_for_copy_is_estimated_from_its_length() throws Exception {
        String database = Server.database(
                server,
                "CREATE TABLE t (id int, b bytea, t text, j jsonb)",
                "INSERT INTO t SELECT g, decode(repeat('00', 1000 * g), 'hex'), repeat('x', g), '{}'"
                        + " FROM generate_series(599, 600) g",
                "CREATE TABLE short (t text)",
                "INSERT INTO short VALUES ('x')");
        try (Session session = Session.open(Server.location(server, database))) {
            Preflight preflight = new Preflight(session.location(), 2, Selection.EVERYTHING, ClientTools.ofMachine());
            preflight.require(session);
            List<Diagnosis> found = new ArrayList<>();
            // the text of the longest row is 1200 KB of bytea, 600 bytes and a little
            new LongRows(session, preflight.tables(), 1_000_000, 0).diagnose(found);
            new LongRows(session, preflight.tables(), 2_000_000, 0).diagnose(found);
            new LongRows(session, preflight.tables(), 3_000_000, 0).diagnose(found);
            new LongRows(session, preflight.tables()).diagnose(found);
            assertThat(found)
                    .extracting(Diagnosis::severity)
                    .containsExactly(Severity.WARNING, Severity.WARNING, Severity.OK, Severity.OK);
            assertThat(found.get(0).found()).contains("public.t takes about 1 MiB as text (estimated from lengths)");
            assertThat(found.get(0).effect()).contains("a backup will fail there");
            assertThat(found.get(1).effect()).contains("if it grows");
        }
    }

    @Test
    void what_will_be_missing_is_told() {
        String database = "ascii";
        server.execute("postgres", "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII'");
        server.execute(
                database,
                "CREATE EXTENSION postgres_fdw",
                "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw",
                "CREATE FOREIGN TABLE afar (x int) SERVER far");

        Checkup checkup = diagnose(database);

        assertThat(of(checkup, Severity.WARNING))
                .extracting(Diagnosis::subject)
                .containsExactly("encoding", "foreign tables");
        assertThat(only(checkup, Severity.NOTE, "extensions").found()).contains("postgres_fdw");
    }

    @Test
    void a_standby_is_captured_as_far_as_it_can_be_and_its_ways_are_told() {
        String database = Server.database(server, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)");
        String unlogged = Server.database(server, "CREATE UNLOGGED TABLE u (x int)");
        server.execute("postgres", "COPY (SELECT 1) TO PROGRAM 'cat > standby.signal'");
        server.stop();
        server.start();
        try {
            Checkup checkup = diagnose(database);
            assertThat(of(checkup, Severity.PROBLEM)).isEmpty();
            assertThat(only(checkup, Severity.NOTE, "standby").found()).contains("is a standby");
            assertThat(only(checkup, Severity.WARNING, "standby").found()).contains("hot_standby_feedback is off");
            MemoryPart part = Server.backUp(Server.location(server, database), new MemoryPart("postgres"));
            assertThat(part.details()).containsEntry("rows", "1");
            assertThat(of(diagnose(unlogged), Severity.WARNING))
                    .extracting(Diagnosis::found)
                    .anyMatch(found -> found.contains("no contents of what is unlogged: "));
        } finally {
            server.execute("postgres", "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm standby.signal'");
            server.stop();
            server.start();
        }
    }
}
