package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.Roles.Membership;
import dev.holdfast.connectors.postgres.ServerConfiguration.AccessRules;
import dev.holdfast.connectors.postgres.ServerConfiguration.Settings;
import dev.holdfast.connectors.postgres.ServerConfiguration.UserNames;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter.Change;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What belongs to a server and not to one database; the source is a server of its own, the target the shared one. */
@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PostgresGlobalsTest {
    private static PrivatePostgres server;
    private static Path folder;
    private static MemoryPart part;

    @BeforeAll
    static void make_a_server_with_everything() {
        server = PrivatePostgres.in(Server.folder())
                .setting("fsync", "off")
                .setting("work_mem", "5MB")
                .setting("DateStyle", "SQL, DMY")
                .start();
        folder = server.socketFolder().resolve("space");
        server.createDatabase("shop");
        server.execute(
                "shop",
                "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; mkdir " + folder + "'",
                "CREATE ROLE keeper LOGIN PASSWORD 'k' CONNECTION LIMIT 3 VALID UNTIL '2099-01-01'",
                "CREATE ROLE clerks NOINHERIT",
                "GRANT clerks TO keeper WITH ADMIN OPTION",
                "CREATE ROLE unlinked LOGIN",
                "CREATE ROLE reader LOGIN PASSWORD 'r'",
                "ALTER ROLE keeper SET work_mem = '6MB'",
                "ALTER ROLE keeper IN DATABASE shop SET work_mem = '7MB'",
                "ALTER ROLE keeper SET app.tenant = 'it''s'",
                "ALTER ROLE ALL SET app.everybody = 'yes'",
                "CREATE TABLESPACE space OWNER keeper LOCATION '" + folder + "' WITH (random_page_cost = 1.5)",
                "GRANT CREATE ON TABLESPACE space TO clerks",
                "CREATE TABLE kept (x int) TABLESPACE space",
                "ALTER TABLE kept OWNER TO keeper",
                "GRANT SELECT ON kept TO reader",
                "ALTER DATABASE shop IS_TEMPLATE true",
                "SET allow_system_table_mods = on",
                "INSERT INTO pg_shseclabel SELECT oid, 'pg_database'::regclass, 'dummy', 'secret' FROM pg_database"
                        + " WHERE datname = 'shop'",
                "INSERT INTO pg_shseclabel SELECT oid, 'pg_authid'::regclass, 'dummy', 'public' FROM pg_authid"
                        + " WHERE rolname = 'keeper'");
        if (server.major() >= 15) {
            server.execute("shop", "GRANT SET ON PARAMETER log_statement TO keeper WITH GRANT OPTION");
        }
        part = Server.backUp(server, "shop");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void roles_and_tablespaces_come_back_as_far_as_a_restore_may() {
        PostgresLocation copy = Server.location(Server.shared(), "globals_copy");
        assertThat(Server.restore(part, copy, false).findings())
                .extracting(finding -> finding.subject() + " " + finding.message())
                .containsExactlyInAnyOrder(
                        "role 'keeper' is not as it was: SECURITY LABEL FOR \"dummy\" ON ROLE \"keeper\" IS 'public' failed:"
                                + " security label provider \"dummy\" is not loaded",
                        "every role had a setting that it has not here; if it should: ALTER ROLE ALL SET"
                                + " \"app.everybody\" TO 'yes'",
                        "tablespaces what they held is in the default tablespace, because these do not exist: space; make them before a"
                                + " restore: CREATE TABLESPACE \"space\" OWNER \"keeper\" LOCATION '" + folder
                                + "' WITH (random_page_cost=1.5); GRANT CREATE ON TABLESPACE \"space\" TO \"clerks\"",
                        "database 'globals_copy' is not as it was: SECURITY LABEL FOR \"dummy\" ON DATABASE"
                                + " \"globals_copy\" IS 'secret' failed: security label provider \"dummy\" is not"
                                + " loaded",
                        "database 'globals_copy' was a template; make it one if it should be: ALTER DATABASE"
                                + " \"globals_copy\" IS_TEMPLATE true");
        PrivatePostgres target = Server.shared();
        assertThat(target.query(
                        "postgres",
                        "SELECT string_agg(c, ' ' ORDER BY c) FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = setrole"
                                + " CROSS JOIN unnest(setconfig) u(c) WHERE rolname = 'keeper'"))
                .isEqualTo("app.tenant=it's work_mem=6MB work_mem=7MB");
        assertThat(
                        target.query(
                                "postgres",
                                "SELECT rolconnlimit || ' ' || (rolvaliduntil > '2098-01-01') || ' ' || (SELECT admin_option FROM"
                                        + " pg_auth_members m WHERE m.member = r.oid) FROM pg_roles r WHERE rolname = 'keeper'"))
                .isEqualTo("3 true true");
        if (target.major() >= 15) {
            assertThat(target.query(
                            "postgres",
                            "SELECT has_parameter_privilege('keeper', 'log_statement', 'SET WITH GRANT OPTION')"))
                    .isEqualTo("t");
        }
        assertThat(target.query("postgres", "SELECT count(*) FROM pg_roles WHERE rolname = 'unlinked'"))
                .isEqualTo("0");
        target.dropDatabase("globals_copy");
        if (target.major() >= 15) {
            target.execute("postgres", "REVOKE SET ON PARAMETER log_statement FROM keeper");
        }
        target.execute("postgres", "DROP ROLE keeper, clerks, reader");
    }

    @Test
    void the_servers_configuration_is_kept_for_people() {
        Settings settings = Keys.read(part, Keys.SERVER_SETTINGS, Settings.class);
        assertThat(settings.settings()).anySatisfy(setting -> {
            assertThat(setting.name()).isEqualTo("work_mem");
            assertThat(setting.value()).isEqualTo("5120");
            assertThat(setting.unit()).isEqualTo("kB");
            assertThat(setting.source()).isEqualTo("configuration file");
        });
        assertThat(settings.lines()).anySatisfy(line -> {
            assertThat(line.file()).endsWith("postgresql.conf");
            assertThat(line.name()).isEqualTo("DateStyle");
            assertThat(line.value()).isEqualTo("SQL, DMY");
        });
        AccessRules hba = Keys.read(part, Keys.HBA, AccessRules.class);
        assertThat(hba.text()).contains("# TYPE  DATABASE");
        assertThat(hba.rules()).anySatisfy(rule -> {
            assertThat(rule.type()).isEqualTo("host");
            assertThat(rule.databases()).containsExactly("all");
            assertThat(rule.method()).isEqualTo("scram-sha-256");
        });
        assertThat(Keys.read(part, Keys.IDENT, UserNames.class).text()).contains("# MAPNAME");
        assertThat(part.details().get("hba")).endsWith(" rules and text");
        assertThat(part.findings()).isEmpty();
        // nothing in it changes by itself
        assertThat(Server.backUp(Server.location(server, "shop"), part.following())
                        .changes()
                        .values())
                .containsOnly(Change.UNCHANGED);
    }

    @Test
    void what_an_ordinary_user_may_not_see_is_noted_and_no_finding() {
        PostgresLocation location = PostgresLocation.parse(server.url("reader", "r", "shop"));
        MemoryPart plain = Server.backUp(location, new MemoryPart("postgres"));
        assertThat(plain.findings())
                .extracting(Finding::message)
                .containsExactly("the passwords of roles are not in the snapshot, because user 'reader' may not read"
                        + " pg_authid: keeper, postgres, reader");
        assertThat(plain.find(Keys.HBA)).isEmpty();
        assertThat(plain.details().get("hba"))
                .isEqualTo(
                        "not readable (let a superuser run: GRANT SELECT ON pg_catalog.pg_hba_file_rules TO \"reader\";"
                                + " GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO \"reader\")");
        assertThat(plain.details().get("server-settings"))
                .endsWith(", without those that only superusers see (let a superuser run: GRANT pg_read_all_settings TO"
                        + " \"reader\")");
        assertThat(Keys.read(plain, Keys.TABLESPACES, Tablespaces.class).tablespaces())
                .singleElement()
                .satisfies(space -> assertThat(space.location()).isEqualTo(folder.toString()));

        server.execute(
                "shop",
                "GRANT SELECT ON pg_catalog.pg_hba_file_rules TO reader",
                "GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO reader",
                "GRANT pg_read_all_settings TO reader");
        MemoryPart granted = Server.backUp(location, new MemoryPart("postgres"));
        assertThat(granted.details().get("hba")).endsWith(" rules");
        assertThat(granted.details().get("server-settings")).matches("[0-9]+");
        assertThat(Keys.read(granted, Keys.HBA, AccessRules.class).text()).isNull();
        server.execute(
                "shop",
                "REVOKE SELECT ON pg_catalog.pg_hba_file_rules FROM reader",
                "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() FROM reader",
                "REVOKE pg_read_all_settings FROM reader");
    }

    @Test
    void memberships_are_granted_in_the_words_of_the_server() {
        Membership old = new Membership("a", "b", true, null, null);
        assertThat(old.grant(15)).isEqualTo("GRANT \"a\" TO \"b\" WITH ADMIN OPTION");
        assertThat(old.grant(18)).isEqualTo("GRANT \"a\" TO \"b\" WITH ADMIN OPTION");
        Membership recent = new Membership("a", "b", false, false, true);
        assertThat(recent.grant(16)).isEqualTo("GRANT \"a\" TO \"b\" WITH ADMIN false, INHERIT false, SET true");
        assertThat(recent.grant(15)).isEqualTo("GRANT \"a\" TO \"b\"");
        assertThat(recent.isMoreOn(15)).isTrue();
        assertThat(recent.isMoreOn(16)).isFalse();
    }

    @Test
    void all_databases_of_a_server_are_found_but_for_those_that_cannot_or_need_not_be_captured() {
        server.execute(
                "postgres",
                "CREATE DATABASE \"a/b = c%\"",
                "CREATE DATABASE test_1",
                "CREATE DATABASE closed ALLOW_CONNECTIONS false",
                "CREATE DATABASE shop_holdfast_0123abcd",
                "CREATE DATABASE patterns TEMPLATE template0 IS_TEMPLATE true");
        PostgresServer all = new PostgresServer(Server.location(server, "shop"));
        PostgresServer.Databases databases = all.databases(List.of("test_?", "\"no.such\""));
        assertThat(databases.captured()).containsExactly("a/b = c%");
        assertThat(databases.present()).contains("shop", "test_1", "closed", "postgres", "template0");
        assertThat(databases.findings())
                .extracting(Finding::message)
                .containsExactly(
                        "is not in the snapshot: it lets nobody connect; allow it, or exclude it: ALTER DATABASE"
                                + " \"closed\" ALLOW_CONNECTIONS true",
                        "is not in the snapshot: it looks like what a restore has not finished; drop it when no restore"
                                + " runs",
                        "has no database that is called like '\"no.such\"' (exclude-databases); look for a typing error");

        server.execute("postgres", "COMMENT ON SCHEMA public IS 'mine'", "REVOKE USAGE ON SCHEMA public FROM PUBLIC");
        assertThat(all.databases(List.of("closed", "*_holdfast_*")).captured())
                .containsExactly("a/b = c%", "postgres", "test_1");
        server.execute("postgres", "GRANT USAGE ON SCHEMA public TO PUBLIC");
        assertThatThrownBy(() -> all.databases(List.of("*")))
                .isInstanceOf(Missing.class)
                .hasMessageEndingWith("has no database to back up");
    }

    @Test
    void the_first_of_all_databases_carries_every_role_and_an_empty_one_is_nothing_odd() {
        server.createDatabase("first");
        MemoryPart first = new MemoryPart("postgres");
        try (PostgresSource source = new PostgresSource(
                Server.location(server, "first"), 1, Server.folder(), Selection.EVERYTHING, Among.FIRST)) {
            source.preflight();
            source.freeze();
            first.with(source.capture(first));
        }
        assertThat(first.findings()).isEmpty();
        assertThat(Keys.read(first, Keys.ROLES, Roles.class).roles())
                .extracting(Roles.Role::name)
                .contains("keeper", "clerks", "unlinked", "reader");
        assertThat(Keys.read(part, Keys.ROLES, Roles.class).roles())
                .extracting(Roles.Role::name)
                .containsExactly("clerks", "keeper", "postgres", "reader");
        server.dropDatabase("first");
    }
}
