package dev.holdfast.demo.stand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrivatePostgresTest {
    @TempDir
    Path folder;

    @Test
    void a_server_starts_in_an_empty_folder_and_keeps_data() {
        try (PrivatePostgres postgres = PrivatePostgres.in(folder).forgetful().start()) {
            postgres.createDatabase("odd \"name");
            postgres.execute("odd \"name", "CREATE TABLE t (n int)", "INSERT INTO t SELECT generate_series(1, 10)");

            assertThat(postgres.query("odd \"name", "SELECT sum(n) FROM t")).isEqualTo("55");
            assertThat(postgres.hasDatabase("odd \"name")).isTrue();
            postgres.dropDatabase("odd \"name");
            assertThat(postgres.hasDatabase("odd \"name")).isFalse();
        }
    }

    @Test
    void committed_rows_survive_a_crash_and_a_restart_on_the_same_port() {
        try (PrivatePostgres postgres = PrivatePostgres.in(folder).start()) {
            int port = postgres.port();
            postgres.execute("postgres", "CREATE TABLE t AS SELECT 1 AS n");

            postgres.killHard();
            assertThat(postgres.isRunning()).isFalse();
            assertThatThrownBy(() -> postgres.query("postgres", "SELECT 1")).isInstanceOf(StandFailure.class);
            postgres.start();
            assertThat(postgres.query("postgres", "SELECT n FROM t")).isEqualTo("1");
            assertThat(postgres.logTail()).contains("automatic recovery");

            postgres.stop();
            postgres.start();
            assertThat(postgres.query("postgres", "SELECT n FROM t")).isEqualTo("1");
            assertThat(postgres.port()).isEqualTo(port);
        }
    }

    @Test
    void a_server_that_crashes_by_itself_keeps_its_files_and_starts_again() throws Exception {
        Path beside = Files.createDirectories(folder.resolve("beside"));
        try (PrivatePostgres postgres =
                PrivatePostgres.in(folder).removeWhenOrphaned(beside).start()) {
            postgres.execute("postgres", "CREATE TABLE t AS SELECT 1 AS n");
            ProcessHandle server = postmaster(postgres);
            List<ProcessHandle> family =
                    server.parent().orElseThrow().descendants().toList();

            server.destroyForcibly();
            for (ProcessHandle member : family) {
                member.onExit().get(30, TimeUnit.SECONDS);
            }

            assertThat(beside).isDirectory();
            postgres.start();
            assertThat(postgres.query("postgres", "SELECT n FROM t")).isEqualTo("1");
        }
    }

    @Test
    void a_superuser_of_this_process_gives_the_server_another_account() {
        assumeTrue("root".equals(System.getProperty("user.name")), "runs as an ordinary user");
        try (PrivatePostgres postgres = PrivatePostgres.in(folder).start()) {
            assertThat(postmaster(postgres).info().user())
                    .hasValueSatisfying(user -> assertThat(user).isIn("postgres", "nobody"));
        }
    }

    @Test
    void only_this_machine_reaches_the_server_and_only_with_the_password() throws Exception {
        try (PrivatePostgres postgres = PrivatePostgres.in(folder).start()) {
            assertThat(postgres.query("postgres", "SELECT inet_server_addr()")).startsWith("127.0.0.1");
            for (InetAddress address : NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress())
                    .toList()) {
                assertThatThrownBy(() -> {
                            try (Socket socket = new Socket()) {
                                socket.connect(new InetSocketAddress(address, postgres.port()), 500);
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
            String url =
                    "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres&password=wrong".formatted(postgres.port());
            assertThatThrownBy(() -> DriverManager.getConnection(url))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            DriverManager.getConnection(postgres.jdbcUrl("postgres")).close();
        }
    }

    @Test
    void a_setting_the_server_refuses_is_reported_with_its_log() {
        assertThatThrownBy(() -> PrivatePostgres.in(folder)
                        .setting("wal_level", "everything")
                        .start())
                .isInstanceOf(StandFailure.class)
                .hasMessageContaining("ended while starting")
                .hasMessageContaining("invalid value for parameter \"wal_level\"");
    }

    @Test
    void an_encoding_initdb_does_not_know_is_reported_with_its_words() {
        assertThatThrownBy(() -> PrivatePostgres.in(folder).encoding("EBCDIC").start())
                .isInstanceOf(StandFailure.class)
                .hasMessageContaining("initdb failed")
                .hasMessageContaining("EBCDIC");
    }

    @Test
    void other_encodings_and_long_folders_are_possible() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("d".repeat(90)).resolve("e".repeat(90)));
        try (PrivatePostgres postgres =
                PrivatePostgres.in(deep).encoding("LATIN1").forgetful().start()) {
            assertThat(postgres.query("postgres", "SHOW server_encoding")).isEqualTo("LATIN1");
            assertThat(postgres.socketFolder()).isDirectory();
        }
    }

    @Test
    void a_closed_server_leaves_neither_process_nor_file() throws IOException {
        PrivatePostgres postgres = PrivatePostgres.in(folder).start();
        ProcessHandle server = postmaster(postgres);
        Path data = Path.of(postgres.query("postgres", "SHOW data_directory"));
        Path sockets = postgres.socketFolder();

        postgres.close();

        assertThat(server.isAlive()).isFalse();
        assertThat(data).doesNotExist();
        assertThat(sockets.resolve(".s.PGSQL." + postgres.port())).doesNotExist();
    }

    @Test
    void the_embedded_server_runs_where_none_is_installed() {
        assumeTrue(ServerBinaries.hasEmbedded(), "no embedded server for this machine");
        try (Scratch scratch = Scratch.create("holdfast-embedded-");
                PrivatePostgres postgres = PrivatePostgres.in(scratch.folder())
                        .binaries(ServerBinaries.embedded(scratch.folder().resolve("programs")))
                        .forgetful()
                        .start()) {
            assertThat(postgres.query("postgres", "SHOW server_version")).startsWith(postgres.major() + ".");
        }
    }

    @Test
    void the_server_ends_and_the_folder_goes_when_the_parent_is_killed() throws Exception {
        Path orphan = Files.createDirectories(folder.resolve("orphan"));
        Process parent = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        folder.toString(),
                        orphan.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ProcessHandle server;
        try (BufferedReader said = parent.inputReader(StandardCharsets.UTF_8)) {
            server = ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();
            assertThat(server.isAlive()).isTrue();
        } finally {
            parent.destroyForcibly().waitFor();
        }

        server.onExit().get(30, TimeUnit.SECONDS);
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (Files.exists(orphan)) {
            assertThat(System.nanoTime()).as("time to remove '%s'", orphan).isLessThan(giveUp);
            Thread.onSpinWait();
        }
    }

    private static ProcessHandle postmaster(PrivatePostgres postgres) {
        String pid = postgres.query("postgres", "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    /** Starts a server, prints the postmaster's process id, and waits to be killed. */
    static final class Parent {
        public static void main(String[] arguments) throws InterruptedException {
            PrivatePostgres postgres = PrivatePostgres.in(Path.of(arguments[0]))
                    .removeWhenOrphaned(Path.of(arguments[1]))
                    .start();
            System.out.println(postmaster(postgres).pid());
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
