package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.source.MemoryPart;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresComparerTest {
    private static PrivatePostgres server;

    @BeforeAll
    static void start() {
        server = Server.shared();
    }

    private static List<String> differences(String... changes) {
        String database = Server.database(
                server,
                "CREATE TABLE t (x int, y text)",
                "INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 1000) i",
                "CREATE TABLE u (x int)",
                "INSERT INTO u VALUES (1), (1)",
                "CREATE SEQUENCE s",
                "CREATE VIEW v AS SELECT x FROM t",
                "SELECT lo_from_bytea(1, 'one'), lo_from_bytea(2, 'two')");
        MemoryPart part = Server.backUp(server, database);
        server.execute(database, changes);
        return Server.compare(part, Server.location(server, database));
    }

    @Test
    void nothing_changed_is_equal() {
        assertThat(differences("SELECT 1", "VACUUM FULL t", "UPDATE t SET x = x"))
                .isEmpty();
    }

    @Test
    void a_changed_row_is_found() {
        assertThat(differences("UPDATE t SET y = 'V7' WHERE x = 7"))
                .singleElement()
                .asString()
                .startsWith(
                        "table public.t: the same number of rows (1000), but not the same rows: snapshot has hash ");
    }

    @Test
    void values_swapped_between_rows_are_found() {
        assertThat(differences("UPDATE t SET y = CASE x WHEN 1 THEN 'v2' ELSE 'v1' END WHERE x < 3"))
                .hasSize(1);
    }

    @Test
    void a_row_that_is_there_twice_instead_of_another_is_found() {
        assertThat(differences("DELETE FROM u", "INSERT INTO u VALUES (2), (2)"))
                .hasSize(1);
    }

    @Test
    void a_missing_row_is_found() {
        assertThat(differences("DELETE FROM t WHERE x = 7"))
                .containsExactly("table public.t: snapshot has 1000 rows, live has 999");
    }

    @Test
    void missing_and_additional_tables_are_found() {
        assertThat(differences("ALTER TABLE u RENAME TO w"))
                .containsExactlyInAnyOrder(
                        "table public.u: is in the snapshot, not live",
                        "table public.w: is live, not in the snapshot",
                        "schema TABLE public.u: is in the snapshot, not live",
                        "schema TABLE public.w: is live, not in the snapshot");
    }

    @Test
    void a_moved_sequence_is_found() {
        assertThat(differences("SELECT nextval('s')"))
                .containsExactly("sequence public.s: snapshot is at 1 (not yet used), live is at 1");
    }

    @Test
    void changed_definitions_are_found() {
        assertThat(differences(
                        "CREATE OR REPLACE VIEW v AS SELECT x FROM t WHERE x > 1",
                        "ALTER TABLE u ADD z int",
                        "ALTER TABLE t ADD CHECK (x > 0)",
                        "COMMENT ON TABLE t IS 'c'",
                        "GRANT SELECT ON t TO pg_monitor"))
                .containsExactlyInAnyOrder(
                        "schema VIEW public.v: snapshot has 'FROM public.t;', live has 'FROM public.t'",
                        "schema TABLE public.u: snapshot has 'x integer', live has 'x integer,'",
                        "schema TABLE public.t: snapshot has 'y text', live has 'y text,'",
                        "schema COMMENT public.TABLE t: is live, not in the snapshot",
                        "schema ACL public.TABLE t: is live, not in the snapshot",
                        "table public.u: snapshot has columns [x], live has [x, z]");
    }

    @Test
    void changed_missing_and_additional_large_objects_are_found() {
        assertThat(differences("SELECT lo_put(1, 0, 'O')", "SELECT lo_unlink(2), lo_create(3)"))
                .containsExactlyInAnyOrder(
                        "large object 1: has other bytes than in the snapshot",
                        "large object 2: is in the snapshot, not live",
                        "large object 3: is live, not in the snapshot",
                        "large objects: owners, rights or comments differ: snapshot has 2 definitions, live has 2");
    }

    @Test
    void changed_properties_of_the_database_are_found() {
        String name = Server.database(server, "CREATE TABLE t (x int)");
        MemoryPart part = Server.backUp(server, name);
        server.execute(
                name, "ALTER DATABASE " + name + " SET work_mem = '9MB'", "COMMENT ON DATABASE " + name + " IS 'c'");
        assertThat(Server.compare(part, Server.location(server, name)))
                .containsExactly(
                        "database: comment: snapshot has null, live has c",
                        "database: settings: snapshot has [], live has [Setting[role=, name=work_mem, value=9MB]]");
    }
}
