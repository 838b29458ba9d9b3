package dev.holdfast.connectors.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class SshTunnelTest {
    @TempDir
    private static Path folder;

    private static SshStand library;
    private static SshStand machine;
    private static ServerSocket behind;

    @BeforeAll
    static void start() throws Exception {
        library = SshStand.library(Files.createDirectory(folder.resolve("library")));
        machine = SshStand.start(Files.createDirectory(folder.resolve("machine")));
        behind = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(SshTunnelTest::answer);
    }

    @AfterAll
    static void stop() throws IOException {
        library.close();
        machine.close();
        behind.close();
    }

    static Stream<SshStand> servers() {
        return Stream.of(library, machine);
    }

    private static void answer() {
        while (true) {
            try (Socket socket = behind.accept()) {
                socket.getOutputStream().write("here\n".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private static void leads(SshLocation server) {
        try (SshTunnel tunnel = SshTunnel.open(server, "127.0.0.1", behind.getLocalPort());
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), tunnel.port())) {
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("here\n");
            assertThat(tunnel.lost()).isEmpty();
            assertThat(tunnel.refused()).isEmpty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static SshLocation with(SshStand stand, Optional<Path> key, String keyPassword, String password) {
        return new SshLocation(
                "127.0.0.1",
                stand.port(),
                SshStand.user(),
                key,
                Optional.of(keyPassword).filter(p -> !p.isEmpty()),
                Optional.of(password).filter(p -> !p.isEmpty()),
                stand.knownHosts(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Path hosts(String... lines) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "hosts", ""), String.join("\n", lines) + "\n");
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long giveUp = System.nanoTime() + 30_000_000_000L;
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited in vain").isLessThan(giveUp);
            Thread.sleep(10);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void a_port_here_leads_to_a_port_there(SshStand stand) {
        leads(stand.location());
        leads(with(stand, Optional.of(stand.encryptedKey()), SshStand.PASSWORD, ""));
        leads(stand.location(Path.of("/nowhere"), Optional.of(stand.fingerprint())));
    }

    private static SshLocation byAgent(SshStand stand, Path socket) {
        SshLocation to = stand.location();
        return new SshLocation(
                to.host(),
                to.port(),
                to.user(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                to.knownHosts(),
                to.fingerprint(),
                to.jump(),
                Optional.of(socket));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void an_agent_signs_with_keys_that_it_does_not_show(SshStand stand) throws Exception {
        Path socket = Files.createTempDirectory(folder, "agent").resolve("socket");
        assertThatThrownBy(() -> leads(byAgent(stand, socket)))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("no ssh agent answers at '" + socket + "'");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await(() -> Files.exists(socket));
            assertThatThrownBy(() -> leads(byAgent(stand, socket)))
                    .isInstanceOf(AccessDenied.class)
                    .hasMessageContaining("refuses user");
            ProcessBuilder add = new ProcessBuilder("ssh-add", "-q", stand.key().toString()).redirectErrorStream(true);
            add.environment().put("SSH_AUTH_SOCK", socket.toString());
            Process adding = add.start();
            String said = new String(adding.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(adding.waitFor()).as(said).isZero();
            leads(byAgent(stand, socket));
        } finally {
            agent.destroyForcibly();
        }
    }

    @Test
    void a_password_opens_it_where_the_server_takes_one() {
        leads(with(library, Optional.empty(), "", SshStand.PASSWORD));
    }

    @Test
    void a_server_behind_a_server_is_reached_in_two_steps() {
        SshLocation last = machine.location();
        leads(new SshLocation(
                last.host(),
                last.port(),
                last.user(),
                last.key(),
                last.keyPassword(),
                last.password(),
                last.knownHosts(),
                last.fingerprint(),
                Optional.of(library.location()),
                Optional.empty()));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void a_host_key_that_is_not_the_known_one_is_refused(SshStand stand) throws Exception {
        String known = Files.readString(stand.knownHosts()).strip();
        String key = known.substring(known.indexOf(' ') + 1);
        SshStand stranger = stand == library ? machine : library;
        String otherKey = Files.readString(stranger.knownHosts()).strip();
        otherKey = otherKey.substring(otherKey.indexOf(' ') + 1);
        String name = "[127.0.0.1]:" + stand.port();
        List<Path> files = new ArrayList<>(List.of(hosts(), hosts(name + " " + otherKey)));
        if (stand == library) { // the rest is our own reading of the file
            files.add(hosts("127.0.0.1 " + key));
            files.add(hosts("@revoked * " + key, known));
            files.add(hosts("@cert-authority * " + key));
            files.add(hosts("[127.0.0.1]:1 " + key, "# " + known));
            files.add(hosts("*,!" + name + " " + key));
        }
        for (Path refused : files) {
            assertThatThrownBy(() -> leads(stand.location(refused, Optional.empty())))
                    .as(Files.readString(refused))
                    .isInstanceOf(AccessDenied.class)
                    .hasMessageContaining("is not trusted: its host key")
                    .hasMessageContaining("host key");
        }
        assertThatThrownBy(() -> leads(stand.location(Path.of("/nowhere"), Optional.of(stranger.fingerprint()))))
                .isInstanceOf(AccessDenied.class)
                .hasMessageContaining("expected " + stranger.fingerprint());
        assertThatThrownBy(() -> leads(stand.location(Path.of("/nowhere"), Optional.empty())))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("'/nowhere'");
        leads(stand.location(hosts("other " + otherKey, hashed(name) + " " + key), Optional.empty()));
        leads(stand.location(hosts("[127.0.0.*]:" + stand.port() + ",else " + key), Optional.empty()));
    }

    /** As ssh-keygen -H writes it. */
    private static String hashed(String name) throws Exception {
        byte[] salt = new byte[20];
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(salt, "HmacSHA1"));
        byte[] hash = mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
        return "|1|" + Base64.getEncoder().encodeToString(salt) + "|"
                + Base64.getEncoder().encodeToString(hash);
    }

    @Test
    void a_login_that_is_refused_and_a_key_that_does_not_open_are_told_apart() throws IOException {
        assertThatThrownBy(() -> leads(with(library, Optional.empty(), "", "wrong")))
                .isInstanceOf(AccessDenied.class)
                .hasMessageContaining("refuses user")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> leads(with(machine, Optional.of(library.key()), "", "")))
                .isInstanceOf(AccessDenied.class);
        assertThatThrownBy(() -> leads(with(library, Optional.of(library.encryptedKey()), "wrong", "")))
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("cannot be opened");
        assertThatThrownBy(() -> leads(with(library, Optional.of(library.encryptedKey()), "", "")))
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("cannot be opened");
        assertThatThrownBy(() -> leads(with(library, Optional.of(library.knownHosts()), "", "")))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("is not a private key");
        assertThatThrownBy(() -> leads(with(library, Optional.of(Path.of("/nowhere")), "", "")))
                .isInstanceOf(Missing.class);
    }

    @Test
    void a_server_that_is_not_there_is_unavailable() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = free.getLocalPort();
            free.close();
            SshLocation nobody = new SshLocation(
                    "127.0.0.1",
                    port,
                    "u",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of("x"),
                    library.knownHosts(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            assertThatThrownBy(() -> leads(nobody))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("ssh server 127.0.0.1:" + port);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void what_the_server_cannot_reach_is_told(SshStand stand) throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        try (SshTunnel tunnel = SshTunnel.open(stand.location(), "127.0.0.1", nobody)) {
            assertThat(tunnel.refused().orElseThrow())
                    .contains("ssh server " + stand.location().server() + " cannot reach 127.0.0.1:" + nobody);
        }
    }

    @Test
    void a_lost_server_is_noticed_and_told() throws Exception {
        SshStand first = SshStand.library(Files.createTempDirectory(folder, ""));
        isNoticedWhenLost(first);
        SshStand second = SshStand.start(Files.createTempDirectory(folder, ""));
        isNoticedWhenLost(second);
    }

    private static void isNoticedWhenLost(SshStand stand) throws Exception {
        try (stand;
                SshTunnel tunnel = SshTunnel.open(stand.location(), "127.0.0.1", behind.getLocalPort())) {
            assertThat(tunnel.lost()).isEmpty();
            stand.close();
            await(() -> tunnel.lost().isPresent());
            assertThat(tunnel.lost().orElseThrow())
                    .contains("the ssh connection to " + stand.location().server() + " is lost");
        }
    }
}
