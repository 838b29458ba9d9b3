package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.PostgresRestore.Ownership;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.RestoreReport;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** To whom a restored database belongs. The roles of the snapshot do not exist any more. */
@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresOwnershipTest {
    private static final String COPY = "owned_copy";
    private static final String[] OLD = {"old_app", "\"old Reader\"", "old_boss"};

    private static PrivatePostgres server;
    private static MemoryPart part;

    @BeforeAll
    static void start() {
        server = Server.shared();
        server.execute(
                "postgres",
                "CREATE ROLE old_app LOGIN PASSWORD 'p'",
                "CREATE ROLE \"old Reader\"",
                "CREATE ROLE old_boss",
                "CREATE ROLE new_app",
                "CREATE ROLE new_reader",
                "CREATE ROLE ownership_plain LOGIN PASSWORD 'p' CREATEDB");
        String database = Server.database(server, """
                CREATE SCHEMA app AUTHORIZATION old_app;
                CREATE TABLE app.t (x int, v text);
                ALTER TABLE app.t OWNER TO old_app;
                CREATE TABLE app.u (x int);
                ALTER TABLE app.u OWNER TO old_boss;
                INSERT INTO app.t VALUES (1, 'a');
                GRANT SELECT, UPDATE (v) ON app.t TO "old Reader" WITH GRANT OPTION;
                REVOKE DELETE ON app.t FROM old_app;
                GRANT SELECT ON app.u TO old_app, PUBLIC;
                GRANT USAGE ON SCHEMA app TO "old Reader";
                ALTER DEFAULT PRIVILEGES FOR ROLE old_app IN SCHEMA app GRANT SELECT ON TABLES TO "old Reader";
                ALTER TABLE app.t ENABLE ROW LEVEL SECURITY;
                CREATE POLICY own ON app.t FOR SELECT TO old_app, "old Reader" USING (v <> 'old_app');
                SELECT lo_create(77);
                ALTER LARGE OBJECT 77 OWNER TO old_app;
                GRANT SELECT ON LARGE OBJECT 77 TO "old Reader";
                """);
        server.execute(
                "postgres",
                "ALTER DATABASE " + database + " OWNER TO old_app",
                "GRANT CREATE ON DATABASE " + database + " TO \"old Reader\"",
                "ALTER ROLE \"old Reader\" IN DATABASE " + database + " SET work_mem = '8MB'");
        part = Server.backUp(server, database);
        server.dropDatabase(database);
        drop(OLD);
    }

    private static void drop(String... roles) {
        for (String role : roles) {
            server.execute("postgres", "DROP ROLE IF EXISTS " + role);
        }
    }

    @AfterEach
    void drop() {
        server.dropDatabase(COPY);
        drop(OLD);
    }

    private static RestoreReport restore(Ownership ownership) {
        return Server.restore(
                part, Server.location(server, COPY), Choice.whole().owned(ownership), false);
    }

    private static String query(String sql) {
        return String.valueOf(server.query(COPY, sql));
    }

    private static String owners() {
        return query("""
                SELECT string_agg(line, ' ' ORDER BY line) FROM (
                  SELECT relname || ':' || relowner::regrole FROM pg_class WHERE relnamespace = 'app'::regnamespace
                  UNION ALL SELECT 'schema:' || nspowner::regrole FROM pg_namespace WHERE nspname = 'app'
                  UNION ALL SELECT 'large:' || lomowner::regrole FROM pg_largeobject_metadata
                  UNION ALL SELECT 'database:' || datdba::regrole FROM pg_database WHERE datname = current_database()) l (line)""");
    }

    private static String rights() {
        return query("""
                SELECT string_agg(line, ' ' ORDER BY line) FROM (
                  SELECT relname || relacl::text FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relacl IS NOT NULL
                  UNION ALL SELECT attname || attacl::text FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid = 'app.t'::regclass
                  UNION ALL SELECT 'schema' || nspacl::text FROM pg_namespace WHERE nspname = 'app'
                  UNION ALL SELECT 'default ' || defaclrole::regrole || defaclacl::text FROM pg_default_acl
                  UNION ALL SELECT polname || polroles::regrole[]::text FROM pg_policy
                  UNION ALL SELECT 'large' || lomacl::text FROM pg_largeobject_metadata
                  UNION ALL SELECT 'database' || datacl::text FROM pg_database WHERE datname = current_database()
                  UNION ALL SELECT 'setting ' || setrole::regrole FROM pg_db_role_setting s
                    JOIN pg_database d ON d.oid = s.setdatabase AND d.datname = current_database()) l (line)""");
    }

    private static String oldRoles() {
        return query("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'old%'");
    }

    @Test
    void roles_take_the_place_of_others_wherever_these_were() {
        RestoreReport report = restore(new Ownership(
                Optional.empty(),
                Map.of("old_app", "new_app", "old Reader", "new_reader", "old_boss", "postgres"),
                true,
                true));
        assertThat(report.findings()).isEmpty();
        assertThat(oldRoles()).isEqualTo("0");
        assertThat(owners()).isEqualTo("database:new_app large:new_app schema:new_app t:new_app u:postgres");
        assertThat(rights())
                .isEqualTo("database{=Tc/new_app,new_reader=C/new_app,new_app=CTc/new_app}"
                        + " default new_app{new_reader=r/new_app} large{new_app=rw/new_app,new_reader=r/new_app}"
                        + " own{new_app,new_reader} schema{new_app=UC/new_app,new_reader=U/new_app} setting new_reader"
                        + " t{new_app=arwDxt/new_app,new_reader=r*/new_app}"
                        + " u{postgres=arwdDxt/postgres,new_app=r/postgres,=r/postgres} v{new_reader=w*/new_app}");
        assertThat(query("SELECT pg_get_expr(polqual, polrelid) FROM pg_policy"))
                .contains("'old_app'");
    }

    @Test
    void everything_can_belong_to_one_role() {
        RestoreReport report =
                restore(new Ownership(Optional.of("new_app"), Map.of("old Reader", "new_reader"), true, true));
        assertThat(report.findings()).isEmpty();
        assertThat(owners()).isEqualTo("database:new_app large:new_app schema:new_app t:new_app u:new_app");
        // it may go on reading what others let it read, and is made for that
        assertThat(query("SELECT string_agg(rolname, ' ') FROM pg_roles WHERE rolname LIKE 'old%'"))
                .isEqualTo("old_app");
        assertThat(query("SELECT relacl::text FROM pg_class WHERE relname = 'u'"))
                .isEqualTo("{new_app=arwdDxt/new_app,old_app=r/new_app,=r/new_app}");
    }

    @Test
    void without_owners_and_rights_no_role_is_needed() {
        RestoreReport report = restore(new Ownership(Optional.empty(), Map.of(), false, false));
        assertThat(owners()).isEqualTo("database:postgres large:postgres schema:postgres t:postgres u:postgres");
        assertThat(
                        query(
                                "SELECT count(*) FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relacl IS NOT NULL"))
                .isEqualTo("0");
        // policies and settings are neither, and made for their roles
        assertThat(query("SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'old%'"))
                .isEqualTo("old Reader old_app");
        assertThat(report.findings()).isEmpty();
    }

    @Test
    void a_role_that_is_named_must_be_there() {
        assertThatThrownBy(() -> restore(new Ownership(Optional.of("nobody at all"), Map.of(), true, true)))
                .hasMessageStartingWith("role 'nobody at all' does not exist on server ");
        assertThatThrownBy(() -> new Ownership(Optional.of("x"), Map.of(), false, true))
                .hasMessage("one owner for everything and no owners exclude each other");
    }

    @Test
    void what_cannot_be_given_is_left_out_one_by_one_and_listed() {
        PostgresLocation plain = PostgresLocation.parse(server.url("ownership_plain", "p", COPY));
        server.execute("postgres", "CREATE ROLE \"old Reader\"");
        RestoreReport report = Server.restore(part, plain, false);
        assertThat(report.findings())
                .extracting(Finding::subject)
                .containsExactlyInAnyOrder(
                        "role 'old_app'", "role 'old_boss'", "role 'old_app'", "owners", "database '" + COPY + "'");
        assertThat(report.findings())
                .contains(new Finding(
                        "role 'old_app'",
                        "does not exist; left out: ACL app.TABLE t, ACL app.TABLE u, DEFAULT ACL app.DEFAULT PRIVILEGES FOR"
                                + " TABLES, POLICY app.t own"));
        assertThat(owners())
                .isEqualTo("database:ownership_plain large:ownership_plain schema:ownership_plain t:ownership_plain"
                        + " u:ownership_plain");
        assertThat(rights()).contains("old Reader\\\"=r*/ownership_plain", "own{\"\\\"old Reader\\\"\"}");
    }
}
