package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.connectors.postgres.wire.TlsMode;
import dev.holdfast.connectors.ssh.SshStand;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.MemoryPart;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ways to a server: over TLS, over a socket, to one of several; each with a whole backup, so pg_dump goes the same way. */
@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class RouteTest {
    private static final String HOST = "db.holdfast.test";

    private static PrivatePostgres secured;
    private static PrivatePostgres plain;
    private static String database;

    @BeforeAll
    static void start() {
        plain = Server.shared();
        secured = Server.start();
        write(secured, "server.crt", resource("server.crt"));
        write(secured, "server.key", resource("server.key"));
        write(secured, "ca.crt", resource("ca.crt"));
        database = Server.database(
                secured,
                "CREATE TABLE t (x int)",
                "INSERT INTO t VALUES (1)",
                "CREATE ROLE certified LOGIN",
                "CREATE ROLE word LOGIN PASSWORD 'open sesame'",
                "GRANT pg_read_all_data TO certified, word",
                "ALTER SYSTEM SET ssl = on",
                "ALTER SYSTEM SET ssl_ca_file = 'ca.crt'");
        write(secured, "pg_hba.conf", """
                host all postgres 127.0.0.1/32 scram-sha-256
                local all all scram-sha-256
                hostssl all certified 127.0.0.1/32 cert
                hostssl all word 127.0.0.1/32 scram-sha-256
                """);
        secured.stop();
        secured.start();
    }

    @AfterAll
    static void stop() {
        secured.killHard();
        secured.close();
    }

    /** Has the server write into its own folder, because it may run as somebody else. */
    private static void write(PrivatePostgres server, String name, String content) {
        server.execute(
                "postgres",
                "COPY (SELECT line FROM unnest(string_to_array($text$" + content.strip()
                        + "$text$, E'\\n')) AS line) TO PROGRAM 'umask 077; cat > " + name + "'");
    }

    static String resource(String name) {
        try (InputStream content = RouteTest.class.getResourceAsStream("/tls/" + name)) {
            return new String(Objects.requireNonNull(content, name).readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy that only we may read. */
    static Path file(String name) {
        try {
            Path file = Server.folder().resolve(name);
            Files.write(file, resource(name).getBytes(StandardCharsets.ISO_8859_1));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PostgresLocation to(String user, String parameters) {
        return PostgresLocation.parse("postgresql://" + user + "@" + HOST + ":" + secured.port() + "/" + database
                + "?hostaddr=127.0.0.1&" + parameters);
    }

    private static void backsUp(PostgresLocation location) {
        MemoryPart part = Server.backUp(location, new MemoryPart("postgres"));
        assertThat(part.details()).containsEntry("rows", "1");
    }

    @ParameterizedTest
    @CsvSource({
        "client.crt, client.key, ''",
        "client.crt, client-pkcs1.key, ''",
        "client.crt, client.pk8, ''",
        "client.crt, client-encrypted.key, 'open sesame'",
        "client-ec.crt, client-ec.key, ''",
        "client-ec.crt, client-ec-sec1.key, ''",
    })
    void a_server_is_verified_by_name_and_we_by_a_certificate_with_a_key_in_any_usual_form(
            String certificate, String key, String password) {
        PostgresLocation location = to(
                "certified",
                "sslmode=verify-full&sslrootcert=" + file("ca.crt") + "&sslcert=" + file(certificate) + "&sslkey="
                        + file(key) + (password.isEmpty() ? "" : "&sslpassword=" + password.replace(" ", "%20")));
        if (password.isEmpty()) {
            Route.open(location).close();
        } else {
            backsUp(location); // pg_dump is told by a file
        }
    }

    @Test
    void a_key_that_cannot_be_opened_is_named() {
        String certified = "sslmode=require&sslcert=" + file("client.crt") + "&sslkey=";
        assertThatThrownBy(() -> Route.open(to("certified", certified + file("client-encrypted.key"))))
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("no password for it is given");
        assertThatThrownBy(() ->
                        Route.open(to("certified", certified + file("client-encrypted.key") + "&sslpassword=wrong")))
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("client-encrypted.key'");
        assertThatThrownBy(() -> Route.open(to("certified", certified + file("client-legacy.key"))))
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("openssl pkcs8");
    }

    @Test
    void a_server_with_another_name_or_authority_is_refused() {
        for (String lie : List.of(
                "sslmode=verify-full&host=other.holdfast.test&sslrootcert=" + file("ca.crt"),
                "sslmode=verify-full&sslrootcert=" + file("other-ca.crt"),
                "sslmode=verify-ca&sslrootcert=" + file("other-ca.crt"),
                "sslmode=require&sslrootcert=" + file("other-ca.crt"),
                "sslrootcert=system")) {
            assertThatThrownBy(() -> Route.open(to("word:open%20sesame", lie)))
                    .as(lie)
                    .isInstanceOf(AccessDenied.class)
                    .hasMessageContaining("cannot be reached with sslmode")
                    .satisfies(e -> assertThat(((AccessDenied) e).code()).isEqualTo(ErrorCode.DATABASE_ACCESS_DENIED));
        }
    }

    @Test
    void encryption_is_decided_once_for_everybody() {
        try (Route route = Route.open(to("word:open%20sesame", "sslmode=prefer"))) {
            assertThat(route.location().sslMode()).isEqualTo(TlsMode.REQUIRE);
            assertThat(route.location().environment()).containsEntry("PGSSLMODE", "require");
        }
        try (Route route = Route.open(to("word:open%20sesame", "sslmode=allow"))) {
            // the server has no line for it without encryption
            assertThat(route.location().sslMode()).isEqualTo(TlsMode.REQUIRE);
        }
        try (Route route = Route.open(to("word:open%20sesame", "sslrootcert=" + file("ca.crt")))) {
            assertThat(route.location().sslMode()).isEqualTo(TlsMode.VERIFY_CA);
        }
        try (Route route = Route.open(Server.location(plain, "postgres"))) {
            assertThat(route.location().sslMode()).isEqualTo(TlsMode.DISABLE);
        }
        assertThatThrownBy(() -> Route.open(PostgresLocation.parse(plain.url("postgres") + "?sslmode=require")))
                .isInstanceOf(AccessDenied.class)
                .hasMessageContaining("offers no encryption");
        backsUp(to("word:open%20sesame", "channel_binding=require"));
    }

    @Test
    void a_way_to_log_in_that_is_not_accepted_is_refused() {
        assertThatThrownBy(() -> Route.open(to("word:open%20sesame", "require_auth=md5")))
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("md5");
    }

    @Test
    void a_socket_in_the_file_system_is_as_good_as_a_port() throws Exception {
        PostgresLocation location = PostgresLocation.parse("postgresql:///" + database + "?user=postgres&host="
                        + secured.socketFolder() + "&port=" + secured.port())
                .withPassword(secured.password());
        backsUp(location);
        try (Session session = Session.open(location)) {
            assertThat(session.textOrNull("SELECT inet_server_addr()::text")).isNull();
            session.ping(); // reads with a limit of time
            int process = session.announcedProcess();
            Thread waiting = Thread.ofVirtual()
                    .start(() -> assertThatThrownBy(() -> session.text("SELECT pg_sleep(3600)"))
                            .isInstanceOf(SQLException.class));
            Server.await(() -> "1"
                    .equals(secured.query(
                            "postgres",
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = "
                                    + process)));
            session.abort();
            waiting.join(30_000);
            assertThat(waiting.isAlive()).isFalse();
        }
        assertThatThrownBy(() -> Route.open(PostgresLocation.parse("postgresql://u@%2Fnowhere/d")))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("/nowhere/.s.PGSQL.5432");
    }

    @Test
    void a_socket_that_stays_silent_is_given_up() {
        PostgresLocation location = PostgresLocation.parse("postgresql:///" + database + "?user=postgres&host="
                        + secured.socketFolder() + "&port=" + secured.port())
                .withPassword(secured.password());
        try (Session session = Session.open(location, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> session.text("SELECT pg_sleep(3600)"))
                    .satisfies(e ->
                            assertThat(SqlFailures.isLost((SQLException) e)).isTrue());
        }
    }

    @Test
    void of_several_servers_the_first_that_answers_and_suits_is_used_by_all() throws IOException {
        int nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = taken.getLocalPort();
        }
        String servers = "127.0.0.1:" + nobody + ",127.0.0.1:" + plain.port() + ",127.0.0.1:" + secured.port();
        PostgresLocation location = PostgresLocation.parse("postgresql://postgres@" + servers + "/postgres");
        try (Route route = Route.open(location.withPassword(plain.password()))) {
            assertThat(route.location().port()).isEqualTo(plain.port());
            assertThat(route.location().environment()).containsEntry("PGHOSTADDR", "127.0.0.1");
        }
        String readOnly = Server.database(plain);
        plain.execute("postgres", "ALTER DATABASE " + readOnly + " SET default_transaction_read_only = on");
        PostgresLocation two = PostgresLocation.parse("postgresql://postgres@127.0.0.1:" + nobody + ",127.0.0.1:"
                        + plain.port() + "/" + readOnly + "?load_balance_hosts=random&target_session_attrs=read-only")
                .withPassword(plain.password());
        try (Route route = Route.open(two)) {
            assertThat(route.location().port()).isEqualTo(plain.port());
        }
        PostgresLocation writable = PostgresLocation.parse(two.toString().replace("read-only", "read-write"))
                .withPassword(plain.password());
        assertThatThrownBy(() -> Route.open(writable))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("connection refused")
                .hasMessageContaining("is read-only, asked for is read-write");
        PostgresLocation standby =
                PostgresLocation.parse(plain.url("postgres") + "?target_session_attrs=prefer-standby");
        try (Route route = Route.open(standby)) {
            assertThat(route.location().port()).isEqualTo(plain.port());
        }
    }

    @Test
    void the_first_server_that_refuses_us_ends_the_search() {
        PostgresLocation location = PostgresLocation.parse(
                "postgresql://postgres:wrong@127.0.0.1:" + plain.port() + ",127.0.0.1:" + secured.port() + "/postgres");
        assertThatThrownBy(() -> Route.open(location))
                .isInstanceOf(AccessDenied.class)
                .hasMessageContaining(":" + plain.port() + " refuses user 'postgres'");
    }

    @Test
    void a_server_behind_an_ssh_server_is_reached_and_verified_by_its_own_name() throws Exception {
        try (SshStand stand = SshStand.start(Server.folder())) {
            PostgresLocation location = to(
                            "certified",
                            "sslmode=verify-full&sslrootcert=" + file("ca.crt") + "&sslcert=" + file("client.crt")
                                    + "&sslkey=" + file("client.key"))
                    .withSsh(stand.location());
            backsUp(location);
            int port;
            try (Route route = Route.open(location);
                    Session session = Session.open(route.location())) {
                port = route.location().tunnel().orElseThrow().port();
                assertThat(session.truth("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                        .isTrue();
            }
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                    .isInstanceOf(ConnectException.class);
            PostgresLocation impostor =
                    PostgresLocation.parse(location.toString().replace(HOST, "other.holdfast.test"));
            assertThatThrownBy(() -> Route.open(impostor.withSsh(stand.location())))
                    .isInstanceOf(AccessDenied.class)
                    .hasMessageContaining("sslmode verify-full");
            PostgresLocation nobody = PostgresLocation.parse("postgresql://u@127.0.0.1:1/d");
            assertThatThrownBy(() -> Route.open(nobody.withSsh(stand.location())))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("cannot reach 127.0.0.1:1");
        }
    }

    @Test
    void a_lost_tunnel_ends_the_backup_and_is_named() throws Exception {
        try (SshStand stand = SshStand.start(Server.folder());
                PostgresSource source = new PostgresSource(
                        Server.location(plain, Server.database(plain, "CREATE TABLE t (x int)"))
                                .withSsh(stand.location()),
                        2,
                        Server.folder())) {
            source.preflight();
            source.freeze();
            stand.close();
            assertThatThrownBy(() -> source.capture(new MemoryPart("postgres")))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining(
                            "the ssh connection to " + stand.location().server() + " is lost");
        }
    }

    @Test
    void a_password_file_is_used_by_us_and_by_the_programs() throws IOException {
        Path file = Server.folder().resolve("pgpass");
        Files.writeString(file, "127.0.0.1:" + plain.port() + ":*:postgres:" + plain.password() + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        String name = Server.database(plain, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)");
        PostgresLocation location = PostgresLocation.parse(
                "postgresql://postgres@127.0.0.1:" + plain.port() + "/" + name + "?passfile=" + file);
        backsUp(location);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> Route.open(location))
                .isInstanceOf(AccessDenied.class)
                .hasMessageContaining("wants a password for user 'postgres' and none is given")
                .hasMessageContaining("chmod 600");
    }
}
