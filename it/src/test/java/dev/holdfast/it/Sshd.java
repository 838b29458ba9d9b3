package dev.holdfast.it;

import dev.holdfast.demo.stand.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** An OpenSSH server of one test on loopback, with keys of its own and SFTP for whoever runs the test. */
final class Sshd implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/sshd");

    private final Path folder;
    private final int port = FreePort.next();
    private final Path configuration;
    private final List<String> prefix;
    private Process process;

    private Sshd(Path folder, List<String> prefix) throws IOException {
        this.folder = folder;
        this.prefix = List.copyOf(prefix);
        key("host-key");
        key("key");
        Files.writeString(
                folder.resolve("known_hosts"),
                "[127.0.0.1]:" + port + " " + Files.readString(folder.resolve("host-key.pub")));
        configuration = Files.write(
                folder.resolve("sshd_config"),
                List.of(
                        "ListenAddress 127.0.0.1:" + port,
                        "HostKey " + folder.resolve("host-key"),
                        "AuthorizedKeysFile " + folder.resolve("key.pub"),
                        "PidFile none",
                        "StrictModes no",
                        "UsePAM no",
                        "PermitRootLogin yes",
                        "PasswordAuthentication no",
                        "Subsystem sftp internal-sftp"));
        if (Shell.isRoot()) {
            Files.createDirectories(Path.of("/run/sshd")); // what its package's service does
        }
        process = begun();
    }

    private Process begun() throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(PROGRAM.toString(), "-D", "-e", "-f", configuration.toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("sshd.log").toFile()))
                .start();
    }

    /** Ends it with all its connections. */
    void stop() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Until.met("sshd has ended", () -> !process.isAlive() && !answers());
    }

    /** Begins it again, at the same place. */
    void restart() throws IOException {
        process = begun();
        Until.met("sshd answers", this::answers);
    }

    static Sshd in(Path folder) {
        return in(folder, List.of());
    }

    /**
     * @param prefix what stands before its command, to let it see the disk of a {@link SmallDisk}
     */
    static Sshd in(Path folder, List<String> prefix) {
        if (!Files.isExecutable(PROGRAM)) {
            throw new AssertionError("this test needs " + PROGRAM + ": apt-get install openssh-server");
        }
        try {
            Sshd server = new Sshd(Files.createDirectories(folder), prefix);
            Until.met("sshd answers", server::answers);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has another key from now on, as another machine at the same address would. */
    void changeHostKey() throws IOException {
        stop();
        Files.move(folder.resolve("host-key"), folder.resolve("first-host-key"));
        Files.move(folder.resolve("host-key.pub"), folder.resolve("first-host-key.pub"));
        key("host-key");
        restart();
    }

    void changeHostKeyBack() throws IOException {
        stop();
        Files.move(folder.resolve("first-host-key"), folder.resolve("host-key"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(
                folder.resolve("first-host-key.pub"),
                folder.resolve("host-key.pub"),
                StandardCopyOption.REPLACE_EXISTING);
        restart();
    }

    /** A key that nobody has heard of. */
    Path strangersKey() {
        if (!Files.exists(folder.resolve("strangers-key"))) {
            key("strangers-key");
        }
        return folder.resolve("strangers-key");
    }

    private void key(String name) {
        Shell.run(
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-f",
                folder.resolve(name).toString());
    }

    private boolean answers() {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    Path key() {
        return folder.resolve("key");
    }

    Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    /** A destination of a stack file, or a place of exports. */
    String destination(String name, Path path) {
        return destination(name, path, port, key());
    }

    /**
     * The same over a wire, or with another key.
     *
     * @param at the port to go to; known under its number too
     */
    String destination(String name, Path path, int at, Path withKey) {
        return name
                + ": {sftp: {host: 127.0.0.1, port: %d, user: '%s', path: '%s', key: '%s', known-hosts: '%s'}}"
                        .formatted(at, System.getProperty("user.name"), path, withKey, knownHosts());
    }

    /** A wire to it, whose end is known as the server itself is. */
    Wire wire() throws IOException {
        Wire wire = Wire.to(port);
        Files.writeString(
                knownHosts(),
                "[127.0.0.1]:" + wire.port() + " " + Files.readString(folder.resolve("host-key.pub")),
                StandardOpenOption.APPEND);
        return wire;
    }

    /** Fetches a file with the program that people have. */
    void fetch(Path file, Path to) {
        Shell.run(
                "sftp",
                "-q",
                "-P",
                Integer.toString(port),
                "-i",
                key().toString(),
                "-o",
                "UserKnownHostsFile=" + knownHosts(),
                System.getProperty("user.name") + "@127.0.0.1:" + file,
                to.toString());
    }

    String url(Path path) {
        return "sftp://" + System.getProperty("user.name") + "@127.0.0.1:" + port + path;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
