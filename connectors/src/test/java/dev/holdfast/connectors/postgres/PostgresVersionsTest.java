package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.connectors.postgres.Selection.Names;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.demo.stand.ServerBinaries;
import dev.holdfast.engine.source.MemoryPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that needs no pg_dump of the server's own version, on each major version: what the catalogs say, locks and
 * snapshot, rows, and a restore. Where the machine's pg_dump is not older than the server, a whole round trip too.
 */
@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresVersionsTest {
    private static MemoryPart part;

    @BeforeAll
    static void capture_on_this_machines_version() {
        assumeTrue(ServerBinaries.hasEmbedded());
        PrivatePostgres server = Server.shared();
        server.execute(
                "postgres", "CREATE ROLE boss", "CREATE ROLE staff LOGIN", "GRANT boss TO staff WITH ADMIN OPTION");
        String database = Server.database(server, contents());
        server.execute(database, "ALTER TABLE orders OWNER TO boss");
        part = Server.backUp(server, database);
        server.dropDatabase(database);
        server.execute("postgres", "DROP ROLE boss, staff");
    }

    private static String[] contents() {
        return new String[] {
            "CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz, v text NOT NULL,"
                    + " twice int GENERATED ALWAYS AS (length(v) * 2) STORED)",
            "CREATE TABLE lines (id bigserial, order_id int REFERENCES orders)",
            "CREATE TABLE by_year (y int) PARTITION BY RANGE (y)",
            "CREATE TABLE by_year_1 PARTITION OF by_year FOR VALUES FROM (2000) TO (2010)",
            "CREATE UNLOGGED TABLE passing (x int)",
            "INSERT INTO orders (at, v) SELECT '2024-02-01'::timestamptz + i * interval '1 hour', 'v' || i"
                    + " FROM generate_series(1, 500) i",
            "INSERT INTO lines (order_id) SELECT id FROM orders",
            "INSERT INTO by_year VALUES (2001), (2009)",
            "CREATE MATERIALIZED VIEW summed AS SELECT count(*) AS n FROM lines",
            "CREATE FUNCTION twice(i int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT i * 2'",
            "SELECT lo_from_bytea(99, 'bytes')",
        };
    }

    private static PrivatePostgres start(int major) throws Exception {
        Path folder = Server.folder();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        ServerBinaries binaries = major == ServerBinaries.EMBEDDED_MAJOR
                ? ServerBinaries.embedded(folder)
                : ServerBinaries.embedded(
                        Path.of(System.getProperty("holdfast.test.servers"), "postgres-" + major + ".jar"), folder);
        assertThat(binaries.major()).isEqualTo(major);
        return PrivatePostgres.in(Server.folder())
                .binaries(binaries)
                .setting("fsync", "off")
                .start();
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 17, 18})
    void each_version_is_understood_and_takes_a_restore(int major) throws Exception {
        try (PrivatePostgres server = start(major)) {
            restored(server);
            server.execute(
                    "postgres", "CREATE ROLE \"odd Role\" LOGIN PASSWORD 'x'", "GRANT pg_monitor TO \"odd Role\"");
            if (major >= 16) {
                server.execute(
                        "postgres",
                        "CREATE ROLE other",
                        "GRANT \"odd Role\" TO other WITH INHERIT FALSE, SET FALSE",
                        "GRANT SET ON PARAMETER log_statement TO other");
            }
            String database = Server.database(server, contents());
            server.execute(
                    database,
                    "ALTER TABLE lines OWNER TO \"odd Role\"",
                    "CREATE SCHEMA audit",
                    "CREATE TABLE audit.log (x int)",
                    "CREATE VIEW report AS SELECT x FROM audit.log",
                    "CREATE FUNCTION atomic() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM audit.log; END",
                    "ALTER DATABASE " + database + " SET work_mem = '5MB'");
            frozen(Server.location(server, database));
            selected(Server.location(server, database));
            globals(server, database);
            if (major <= Server.shared().major()) {
                MemoryPart own = Server.backUp(server, database);
                assertThat(Server.restore(own, Server.location(server, "own"), false)
                                .findings())
                        .isEmpty();
                assertThat(Server.compare(own, Server.location(server, "own"))).isEmpty();
            }
        }
    }

    private static void restored(PrivatePostgres server) {
        assertThat(Server.restore(part, Server.location(server, "copy"), false).findings())
                .allMatch(finding -> finding.message().contains("was created without a password"));
        assertThat(server.query(
                        "copy",
                        "SELECT (SELECT string_agg(v || twice, ' ' ORDER BY id) LIKE 'v14 v24 v34%' FROM orders)"
                                + " || ' ' || (SELECT n FROM summed) || ' ' || (SELECT sum(y) FROM by_year) || ' '"
                                + " || convert_from(lo_get(99), 'UTF8') || ' ' || nextval('lines_id_seq') || ' '"
                                + " || (SELECT tableowner FROM pg_tables WHERE tablename = 'orders') || ' '"
                                + " || pg_has_role('staff', 'boss', 'MEMBER WITH ADMIN OPTION')"))
                .isEqualTo("true 500 4010 bytes 501 boss true");
        try (Session session = Session.open(Server.location(server, "copy"));
                RowConnection rows = RowConnection.open(session.location(), Duration.ofMinutes(1))) {
            // the same rows by the same statement have the same hash everywhere
            for (Table table : Catalog.tables(session)) {
                if (table.hasRows()) {
                    RowDigest digest = new RowDigest();
                    rows.read(TableRows.copyOut(table, session.encoding()), digest::piece);
                    assertThat(digest.hash())
                            .as(table.shown())
                            .isEqualTo(part.find(Keys.table(table.shown()))
                                    .orElseThrow()
                                    .attributes()
                                    .text(Keys.HASH)
                                    .orElseThrow());
                }
            }
        } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void frozen(PostgresLocation location) throws Exception {
        try (FrozenDatabase frozen = FrozenDatabase.freeze(location, Selection.EVERYTHING, Duration.ofSeconds(10))) {
            assertThat(frozen.tables())
                    .extracting(Table::shown)
                    .containsExactly(
                            "audit.log",
                            "public.by_year",
                            "public.by_year_1",
                            "public.lines",
                            "public.orders",
                            "public.passing");
            assertThat(frozen.sequences())
                    .extracting(sequence -> sequence.shown() + " " + sequence.lastValue())
                    .containsExactly("public.lines_id_seq 500", "public.orders_id_seq 500");
            assertThat(frozen.tables())
                    .filteredOn(table -> table.name().equals("orders"))
                    .allMatch(table -> frozen.size(table) > 0 && table.columns().equals(List.of("id", "at", "v")));
            try (Session session = frozen.join(Duration.ofMinutes(1));
                    RowConnection rows = frozen.joinForRows(Duration.ofMinutes(1), 1)) {
                frozen.lock(rows, frozen.tables().getFirst());
                assertThat(session.text("SELECT count(*) FROM public.orders")).isEqualTo("500");
                assertThat(LargeObjects.count(session)).isEqualTo(1);
            }
            frozen.verifyHeld();
            DatabaseProperties properties = DatabaseProperties.of(frozen, 18);
            assertThat(properties.provider()).isEqualTo("libc");
            assertThat(properties.collate()).isEqualTo("C");
            assertThat(properties.settings()).containsExactly(new DatabaseProperties.Setting("", "work_mem", "5MB"));
            assertThat(properties.differences(DatabaseProperties.of(frozen.leader(), 18)))
                    .isEmpty();
        }
    }

    private static void selected(PostgresLocation location) throws Exception {
        Selection selection =
                new Selection(new Names(List.of(), List.of("audit")), Names.ALL, List.of("public.orders"));
        try (FrozenDatabase frozen = FrozenDatabase.freeze(location, selection, Duration.ofSeconds(10))) {
            assertThat(frozen.collateral().others())
                    .containsExactly(
                            "function public.atomic() (needs table audit.log)",
                            "view public.report (needs table audit.log)",
                            "constraint lines_order_id_fkey on table public.lines (needs the rows of table public.orders)");
            assertThat(frozen.tables())
                    .filteredOn(Table::hasRows)
                    .extracting(Table::shown)
                    .containsExactly("public.by_year_1", "public.lines", "public.passing");
        }
    }

    private static void globals(PrivatePostgres server, String database) throws Exception {
        PostgresLocation location = Server.location(server, database);
        try (Session session = Session.open(location)) {
            assertThat(Catalog.unreadable(session, new Long[0])).isEmpty();
            assertThat(Catalog.filtered(session, new Long[0])).isEmpty();
            assertThat(Catalog.unreadableLargeObjects(session)).isZero();
            assertThat(Catalog.keptByExtensions(session, new Long[0])).isEmpty();
            assertThat(Tablespaces.of(session).tablespaces()).isEmpty();
            Roles roles = Roles.of(session, false);
            assertThat(roles.passwordsReadable()).isTrue();
            assertThat(roles.roles()).extracting(Roles.Role::name).contains("odd Role", "postgres");
            assertThat(roles.memberships())
                    .anyMatch(membership -> membership.role().equals("pg_monitor")
                            && membership.member().equals("odd Role"));
            if (server.major() >= 16) {
                assertThat(roles.memberships())
                        .contains(new Roles.Membership("odd Role", "other", false, false, false));
                assertThat(roles.parameterRights())
                        .contains(new Roles.ParameterRight("log_statement", "other", "SET", false));
            }
        }
        ServerConfiguration configuration = ServerConfiguration.of(location);
        assertThat(configuration.notes().get("hba")).endsWith(" rules and text");
        assertThat(configuration.settings().orElseThrow().settings())
                .extracting(ServerConfiguration.Setting::name)
                .contains("fsync", "shared_buffers");
        assertThat(new PostgresServer(location).databases(List.of()).captured())
                .contains("copy", database)
                .doesNotContain("postgres");
    }
}
