package dev.holdfast.connectors.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import dev.holdfast.demo.stand.FreePort;
import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Passwords and TLS, against a server that offers both. */
@Timeout(120)
@ExtendWith(Stand.UntilTheEnd.class)
class WireAccessTest {
    private static final String ACCESS = """
            local    all all trust
            host     all trusted     127.0.0.1/32 trust
            host     all clear       127.0.0.1/32 password
            host     all md5         127.0.0.1/32 md5
            hostssl  all secured     127.0.0.1/32 scram-sha-256
            host     all secured     127.0.0.1/32 reject
            hostnossl all unsecured  127.0.0.1/32 scram-sha-256
            host     all unsecured   127.0.0.1/32 reject
            hostssl  all certified   127.0.0.1/32 cert
            host     all refused     127.0.0.1/32 reject
            host     all all         127.0.0.1/32 scram-sha-256
            """;

    private static final Authority AUTHORITY = new Authority("root");
    private static final Authority STRANGER = new Authority("stranger");

    @TempDir
    private static Path files;

    private static PrivatePostgres server;
    private static Path root;

    @BeforeAll
    static void start() throws Exception {
        server = Stand.shared();
        server.execute(
                "postgres",
                "CREATE ROLE trusted LOGIN",
                "CREATE ROLE clear LOGIN PASSWORD 'geheim'",
                "CREATE ROLE scram LOGIN PASSWORD 'geheim'",
                "CREATE ROLE secured LOGIN PASSWORD 'geheim'",
                "CREATE ROLE unsecured LOGIN PASSWORD 'geheim'",
                "CREATE ROLE refused LOGIN PASSWORD 'geheim'",
                "CREATE ROLE certified LOGIN",
                "SET password_encryption = md5; CREATE ROLE md5 LOGIN PASSWORD 'geheim'");
        root = file("root.crt", AUTHORITY.pem());
        Path data = Path.of(Objects.requireNonNull(server.query("postgres", "SHOW data_directory")));
        Authority.Issued own = AUTHORITY.issue("CN=server", "DNS:localhost");
        forServer(data.resolve("server.crt"), own.certificatePem());
        forServer(data.resolve("server.key"), own.keyPem());
        forServer(data.resolve("root.crt"), AUTHORITY.pem());
        forServer(data.resolve("pg_hba.conf"), ACCESS);
        server.execute(
                "postgres",
                "ALTER SYSTEM SET ssl = on",
                "ALTER SYSTEM SET ssl_ca_file = 'root.crt'",
                "SELECT pg_reload_conf()");
        Stand.await(() -> opens(user("trusted", null).tls(TlsMode.REQUIRE)));
    }

    private static Path file(String name, String text) throws IOException {
        return Files.writeString(files.resolve(name), text);
    }

    private static void forServer(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setOwner(file, Files.getOwner(server.socketFolder()));
    }

    private static WireSettings.Builder user(String name, String password) {
        return WireSettings.to("postgres", name)
                .host("localhost")
                .port(server.port())
                .password(password)
                .defaultsFolder(null)
                .tls(TlsMode.DISABLE);
    }

    private static WireConnection connect(WireSettings.Builder settings) throws Exception {
        return WireConnection.open(settings.build());
    }

    private static boolean opens(WireSettings.Builder settings) throws Exception {
        try (WireConnection connection = connect(settings)) {
            return !connection.query("SELECT 1").isEmpty();
        } catch (ServerError | WireException e) {
            return false;
        }
    }

    private static void works(WireSettings.Builder settings, boolean encrypted) throws Exception {
        try (WireConnection connection = connect(settings)) {
            assertThat(connection.isEncrypted()).isEqualTo(encrypted);
            assertThat(connection.query("SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                    .containsExactly(List.of(settings.build().user(), encrypted ? "t" : "f"));
        }
    }

    private static ServerError refused(WireSettings.Builder settings) {
        return catchThrowableOfType(ServerError.class, () -> connect(settings).close());
    }

    private static WireException failed(WireSettings.Builder settings, Reason reason) {
        WireException failure = catchThrowableOfType(
                WireException.class, () -> connect(settings).close());
        assertThat(failure.reason()).as(failure.toString()).isEqualTo(reason);
        return failure;
    }

    @Test
    void every_kind_of_password_lets_the_right_one_in() throws Exception {
        works(user("trusted", null), false);
        works(user("clear", "geheim"), false);
        works(user("md5", "geheim"), false);
        works(user("scram", "geheim"), false);
    }

    @Test
    void every_kind_of_password_keeps_the_wrong_one_out() {
        for (String name : List.of("clear", "md5", "scram")) {
            ServerError error = refused(user(name, "falsch"));
            assertThat(error.sqlState()).as(name).isEqualTo("28P01");
            assertThat(error.isFatal()).isTrue();
        }
        assertThat(refused(user("refused", "geheim")).sqlState()).isEqualTo("28000");
    }

    @Test
    void a_password_that_is_wanted_and_not_given_is_named() {
        for (String name : List.of("clear", "md5", "scram")) {
            assertThat(failed(user(name, null), Reason.AUTHENTICATION))
                    .hasMessageContaining("of user '" + name + "' and none is given");
        }
    }

    @Test
    void passwords_outside_ASCII_are_prepared_as_the_server_does_it() throws Exception {
        server.execute(
                "postgres",
                "CREATE ROLE roman LOGIN PASSWORD U&'\\2168x\\00AD'",
                "CREATE ROLE bell LOGIN PASSWORD U&'\\0007\\00E4'");

        works(user("roman", "Ⅸx\u00AD"), false);
        works(user("roman", "IXx"), false);
        works(user("bell", "\u0007ä"), false);
        assertThat(refused(user("roman", "ixx")).sqlState()).isEqualTo("28P01");
    }

    @Test
    void a_missing_database_is_what_the_server_says_it_is() {
        ServerError error = catchThrowableOfType(
                ServerError.class,
                () -> WireConnection.open(WireSettings.to("nothing", "trusted")
                        .port(server.port())
                        .tls(TlsMode.DISABLE)
                        .build()));

        assertThat(error.sqlState()).isEqualTo("3D000");
    }

    @Test
    void nobody_at_the_port_and_no_such_host_are_told_apart_from_refusals() {
        assertThat(failed(user("trusted", null).port(FreePort.next()), Reason.UNREACHABLE))
                .hasMessageContaining("refused");
        assertThat(failed(user("trusted", null).host("nowhere.invalid"), Reason.UNREACHABLE))
                .hasMessageContaining("nowhere.invalid");
    }

    @Test
    void a_unix_socket_is_a_way_in_without_TLS_whatever_the_mode() throws Exception {
        for (TlsMode mode : TlsMode.values()) {
            works(user("scram", null).socketFolder(server.socketFolder()).tls(mode), false);
        }
        assertThat(failed(user("scram", null).socketFolder(files), Reason.UNREACHABLE))
                .isNotNull();
        try (WireConnection connection = connect(user("trusted", null).socketFolder(server.socketFolder()))) {
            Rows rows = new Rows();
            assertThat(connection.copyOut(
                            "COPY (SELECT repeat('x', 1000000) FROM generate_series(1, 3)) TO STDOUT", rows))
                    .isEqualTo(3);
            assertThat(rows.bytes()).hasSize(3_000_003);
        }
    }

    @Test
    void modes_come_to_TLS_as_they_promise() throws Exception {
        works(user("scram", "geheim").tls(TlsMode.DISABLE), false);
        works(user("scram", "geheim").tls(TlsMode.ALLOW), false);
        works(user("scram", "geheim").tls(TlsMode.PREFER), true);
        works(user("scram", "geheim").tls(TlsMode.REQUIRE), true);
        works(user("scram", "geheim").tls(TlsMode.VERIFY_CA).rootCertificate(root), true);
        works(user("scram", "geheim").tls(TlsMode.VERIFY_FULL).rootCertificate(root), true);
    }

    @Test
    void modes_fall_back_as_they_promise() throws Exception {
        works(user("secured", "geheim").tls(TlsMode.ALLOW), true);
        works(user("unsecured", "geheim").tls(TlsMode.PREFER), false);
        assertThat(refused(user("secured", "geheim").tls(TlsMode.DISABLE)).sqlState())
                .isEqualTo("28000");
        assertThat(refused(user("unsecured", "geheim").tls(TlsMode.REQUIRE)).sqlState())
                .isEqualTo("28000");
        ServerError error = refused(user("refused", "geheim").tls(TlsMode.PREFER));
        assertThat(error.getSuppressed()).hasSize(1);
        assertThat(refused(user("scram", "falsch").tls(TlsMode.PREFER)).getSuppressed())
                .isEmpty();
        works(user("scram", "geheim").tls(TlsMode.PREFER).rootCertificate(file("s1.crt", STRANGER.pem())), false);
    }

    @Test
    void a_server_nobody_vouches_for_is_not_trusted() throws Exception {
        Path stranger = file("stranger.crt", STRANGER.pem());
        for (TlsMode mode : List.of(TlsMode.REQUIRE, TlsMode.VERIFY_CA, TlsMode.VERIFY_FULL)) {
            assertThat(failed(user("trusted", null).tls(mode).rootCertificate(stranger), Reason.TLS))
                    .hasMessageStartingWith("the server's certificate is not trusted: ");
        }
        assertThat(failed(user("trusted", null).tls(TlsMode.VERIFY_FULL).systemRoots(true), Reason.TLS))
                .hasMessageStartingWith("the server's certificate is not trusted: ");
        assertThat(failed(user("trusted", null).tls(TlsMode.VERIFY_CA), Reason.FILE))
                .hasMessageStartingWith("there is no root certificate");
        for (TlsMode mode : List.of(TlsMode.PREFER, TlsMode.REQUIRE)) {
            assertThat(failed(user("trusted", null).tls(mode).rootCertificate(files.resolve("none.crt")), Reason.FILE))
                    .hasMessageContaining("it does not exist");
        }
    }

    @Test
    void another_host_is_noticed_where_names_are_checked() throws Exception {
        works(user("trusted", null).host("127.0.0.1").tls(TlsMode.VERIFY_CA).rootCertificate(root), true);
        assertThat(failed(
                        user("trusted", null)
                                .host("127.0.0.1")
                                .tls(TlsMode.VERIFY_FULL)
                                .rootCertificate(root),
                        Reason.TLS))
                .hasMessage("the server's certificate is for 'localhost' and not for host '127.0.0.1'");
    }

    @Test
    void files_in_the_defaults_folder_are_used_where_none_are_named() throws Exception {
        Path folder = Files.createDirectory(files.resolve("defaults"));
        Authority.Issued client = AUTHORITY.issue("CN=certified");
        Files.writeString(folder.resolve("root.crt"), AUTHORITY.pem());
        Files.writeString(folder.resolve("postgresql.crt"), client.certificatePem());

        assertThat(failed(user("certified", null).tls(TlsMode.VERIFY_FULL).defaultsFolder(folder), Reason.FILE))
                .hasMessageContaining("postgresql.key");
        Files.writeString(folder.resolve("postgresql.key"), client.keyPem());
        works(user("certified", null).tls(TlsMode.VERIFY_FULL).defaultsFolder(folder), true);
    }

    @Test
    void a_client_certificate_is_shown_where_it_is_wanted() throws Exception {
        Authority.Issued client = AUTHORITY.issue("CN=certified");
        Path certificate = file("client.crt", client.certificatePem());
        Path key = file("client.key", client.keyPem());
        Path other = file("other.crt", AUTHORITY.issue("CN=other").certificatePem());

        works(
                user("certified", null)
                        .tls(TlsMode.REQUIRE)
                        .certificate(certificate)
                        .key(key),
                true);
        assertThat(refused(user("certified", null).tls(TlsMode.REQUIRE)).sqlState())
                .isEqualTo("28000");
        failed(user("certified", null).tls(TlsMode.REQUIRE).certificate(other).key(key), Reason.TLS);
        Authority.Issued strange = STRANGER.issue("CN=certified");
        failed(
                user("certified", null)
                        .tls(TlsMode.REQUIRE)
                        .certificate(file("strange.crt", strange.certificatePem()))
                        .key(file("strange.key", strange.keyPem())),
                Reason.TLS);
    }

    @Test
    void channel_binding_is_used_where_it_can_be_and_insisted_on_where_it_must() throws Exception {
        for (TlsMode mode : List.of(TlsMode.PREFER, TlsMode.REQUIRE)) {
            works(user("scram", "geheim").tls(mode).channelBinding(ChannelBinding.REQUIRE), true);
            works(user("scram", "geheim").tls(mode).channelBinding(ChannelBinding.DISABLE), true);
        }
        assertThat(refused(user("scram", "falsch").tls(TlsMode.REQUIRE).channelBinding(ChannelBinding.REQUIRE))
                        .sqlState())
                .isEqualTo("28P01");
        assertThat(failed(user("scram", "geheim").channelBinding(ChannelBinding.REQUIRE), Reason.AUTHENTICATION))
                .hasMessageContaining("offers SCRAM-SHA-256 only");
        for (String name : List.of("trusted", "clear", "md5")) {
            assertThat(failed(
                            user(name, "geheim").tls(TlsMode.REQUIRE).channelBinding(ChannelBinding.REQUIRE),
                            Reason.AUTHENTICATION))
                    .hasMessageStartingWith("channel binding is required");
        }
        assertThat(failed(
                        user("scram", "geheim")
                                .socketFolder(server.socketFolder())
                                .channelBinding(ChannelBinding.REQUIRE),
                        Reason.AUTHENTICATION))
                .hasMessageStartingWith("channel binding is required");
    }

    @Test
    void rows_go_through_TLS_in_both_directions() throws Exception {
        try (WireConnection connection = connect(user("trusted", null).tls(TlsMode.REQUIRE))) {
            Rows rows = new Rows();
            String sql = "COPY (SELECT i, repeat(md5(i::text), i % 500) FROM generate_series(1, 1000) i) TO STDOUT";
            assertThat(connection.copyOut(sql, rows)).isEqualTo(1000).isEqualTo(rows.count());
            connection.query("CREATE TEMP TABLE mirror (i int, t text)");
            try (CopyIn copy = connection.copyIn("COPY mirror FROM STDIN")) {
                copy.write(rows.bytes(), 0, rows.bytes().length);
                assertThat(copy.finish()).isEqualTo(1000);
            }
            Rows back = new Rows();
            connection.copyOut("COPY (SELECT * FROM mirror ORDER BY i) TO STDOUT", back);
            assertThat(back.bytes()).isEqualTo(rows.bytes());
        }
    }

    @Test
    void a_long_row_goes_through_TLS() throws Exception {
        try (WireConnection connection = connect(user("trusted", null).tls(TlsMode.REQUIRE))) {
            long[] seen = new long[2];
            connection.copyOut("COPY (SELECT repeat('x', 20000000)) TO STDOUT", (buffer, offset, length, ends) -> {
                seen[0] += length;
                seen[1] += ends ? 1 : 0;
            });
            assertThat(seen).containsExactly(20_000_001, 1);
        }
    }

    @Test
    void a_request_to_cancel_is_protected_like_the_connection_it_is_for() throws Exception {
        try (WireConnection connection =
                connect(user("trusted", null).tls(TlsMode.VERIFY_FULL).rootCertificate(root))) {
            Thread canceller = Thread.startVirtualThread(() -> {
                try {
                    Stand.await(() -> "active"
                            .equals(server.query(
                                    "postgres",
                                    "SELECT state FROM pg_stat_activity WHERE pid = " + connection.processId())));
                    connection.cancel();
                } catch (Exception e) {
                    connection.abort();
                }
            });
            Throwable thrown = catchThrowable(() -> connection.query("SELECT pg_sleep(100)"));
            canceller.join();
            assertThat(thrown)
                    .isInstanceOfSatisfying(
                            ServerError.class,
                            error -> assertThat(error.sqlState()).isEqualTo("57014"));
            assertThat(connection.query("SELECT 1")).hasSize(1);
        }
    }
}
