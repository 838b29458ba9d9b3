package dev.holdfast.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.connectors.postgres.Pooler.Sight;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
@ExtendWith(Server.UntilTheEnd.class)
class PoolerTest {
    private static final Path PGBOUNCER = Path.of("/usr/sbin/pgbouncer");
    private static PrivatePostgres server;

    @BeforeAll
    static void start() {
        server = Server.shared();
    }

    @Test
    void a_session_that_is_used_again_is_what_tells_a_pooler_from_a_proxy() {
        Sight first = new Sight(1, 100, 1000, 5000);
        assertThat(first.direct()).isFalse();
        assertThat(new Sight(100, 100, 1000, 5000).direct()).isTrue();
        assertThat(Pooler.reuses(first, new Sight(2, 100, 1000, 6000)))
                .as("both have the same process")
                .isTrue();
        assertThat(Pooler.reuses(first, new Sight(2, 101, 4999, 6000)))
                .as("the process was there before the connection")
                .isTrue();
        assertThat(Pooler.reuses(first, new Sight(2, 101, 5001, 6000)))
                .as("a proxy that gives each connection a session of its own")
                .isFalse();
        assertThat(Pooler.reuses(new Sight(100, 100, 1, 5000), new Sight(101, 101, 1, 6000)))
                .as("direct")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session", "statement"})
    void pgbouncer_is_refused_in_every_mode(String mode) throws Exception {
        assumeTrue(Files.isExecutable(PGBOUNCER), "pgbouncer is not installed");
        refuses(mode, "extra_float_digits, options");
    }

    @Test
    void pgbouncer_that_does_not_know_our_options_is_refused_with_the_same_reason() throws Exception {
        assumeTrue(Files.isExecutable(PGBOUNCER), "pgbouncer is not installed");
        refuses("transaction", "");
    }

    private static void refuses(String mode, String ignored) throws Exception {
        int port = freePort();
        Path folder = Server.folder();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path configuration = folder.resolve("pgbouncer.ini");
        Files.write(
                configuration,
                List.of(
                        "[databases]",
                        "* = host=127.0.0.1 port=" + server.port() + " user=postgres password=" + server.password(),
                        "[pgbouncer]",
                        "listen_addr = 127.0.0.1",
                        "listen_port = " + port,
                        "unix_socket_dir =",
                        "auth_type = any",
                        "pool_mode = " + mode,
                        "ignore_startup_parameters = " + ignored,
                        System.getProperty("user.name").equals("root") ? "user = nobody" : ""));
        Process process = new ProcessBuilder(PGBOUNCER.toString(), configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("pgbouncer.log").toFile())
                .start();
        try {
            Server.await(() -> listens(port));
            PostgresLocation location = PostgresLocation.parse(
                    "postgresql://postgres:x@127.0.0.1:" + port + "/postgres?options=-c%20geqo%3Doff");
            try (PostgresSource source = new PostgresSource(location, 2, Server.folder())) {
                assertThatThrownBy(source::preflight)
                        .isInstanceOf(Unsupported.class)
                        .hasMessageContaining("connection pooler such as pgbouncer answers at 127.0.0.1:" + port)
                        .satisfies(
                                e -> assertThat(((Unsupported) e).code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static boolean listens(int port) {
        try {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Test
    void a_proxy_that_announces_a_process_of_its_own_but_shares_nothing_is_not_refused() throws Exception {
        try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(proxy));
            PostgresLocation location = PostgresLocation.parse("postgresql://postgres:" + server.password()
                    + "@127.0.0.1:" + proxy.getLocalPort() + "/postgres?sslmode=disable");
            try (Route route = Route.open(location);
                    Session session = Session.open(route.location())) {
                assertThat(session.announcedProcess()).isEqualTo(4711);
            }
        }
    }

    private static void serve(ServerSocket proxy) {
        while (true) {
            try {
                Socket client = proxy.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), server.port());
                Thread.ofVirtual().start(() -> pass(client, behind));
                Thread.ofVirtual().start(() -> passAnswers(behind, client));
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private static void pass(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            return; // one of them is gone
        }
    }

    /** Everything as it is, but for the number of the process. */
    private static void passAnswers(Socket from, Socket to) {
        try (from;
                to) {
            DataInputStream answers = new DataInputStream(from.getInputStream());
            OutputStream out = to.getOutputStream();
            while (true) {
                int type = answers.read();
                if (type < 0) {
                    return;
                }
                int length = answers.readInt();
                byte[] body = answers.readNBytes(length - 4);
                if (type == 'K') {
                    ByteBuffer.wrap(body).putInt(4711);
                }
                ByteBuffer message = ByteBuffer.allocate(1 + length);
                message.put((byte) type).putInt(length).put(body);
                out.write(message.array());
                out.flush();
            }
        } catch (IOException e) {
            if (!from.isClosed() && !to.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
