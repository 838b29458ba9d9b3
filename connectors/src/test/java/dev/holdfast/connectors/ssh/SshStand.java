package dev.holdfast.connectors.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.jspecify.annotations.Nullable;

/**
 * An SSH server for tests, on this machine, with one user who may forward ports and use SFTP: the machine's own {@code sshd} where it is
 * installed, or the server that comes with the library.
 */
public final class SshStand implements AutoCloseable {
    public static final String PASSWORD = "open sesame";
    private static final Path SSHD = Path.of("/usr/sbin/sshd");

    private final Path folder;
    private final KeyPair hostKey;
    private final KeyPair userKey;
    private final int port;
    private @Nullable SshServer library;
    private @Nullable Process process;

    private SshStand(Path folder, String kind, int bits) throws IOException, GeneralSecurityException {
        this.folder = folder;
        this.hostKey = KeyUtils.generateKeyPair(kind, bits);
        this.userKey = KeyUtils.generateKeyPair(kind, bits);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = free.getLocalPort();
        }
        key("key", Optional.empty());
        key("encrypted-key", Optional.of(PASSWORD));
        Files.writeString(folder.resolve("known_hosts"), "[127.0.0.1]:" + port + " " + line(hostKey) + "\n");
    }

    /** Whether this machine has a server of its own. */
    public static boolean installed() {
        return Files.isExecutable(SSHD);
    }

    /** The machine's own server if there is one, else the library's. */
    public static SshStand start(Path folder) throws Exception {
        return installed() ? openSsh(folder) : library(folder);
    }

    /** The library's server, with RSA keys; a password opens it too. */
    public static SshStand library(Path folder) throws Exception {
        SshStand stand = new SshStand(folder, KeyPairProvider.SSH_RSA, 2048);
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setPort(stand.port);
        server.setKeyPairProvider(KeyPairProvider.wrap(stand.hostKey));
        server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        server.setSubsystemFactories(List.of(new SftpSubsystemFactory.Builder().build()));
        server.setPublickeyAuthenticator(
                (user, key, session) -> user.equals(user()) && KeyUtils.compareKeys(key, stand.userKey.getPublic()));
        server.setPasswordAuthenticator((user, password, session) -> user.equals(user()) && password.equals(PASSWORD));
        server.start();
        stand.library = server;
        return stand;
    }

    /** The machine's own server, with Ed25519 keys. */
    public static SshStand openSsh(Path folder) throws Exception {
        if (!installed()) {
            throw new IllegalStateException("this test needs " + SSHD + ": apt-get install openssh-server");
        }
        SshStand stand = new SshStand(folder, KeyPairProvider.SSH_ED25519, 256);
        Path hostKey = stand.write("host-key", stand.hostKey, Optional.empty());
        Path authorized = folder.resolve("authorized_keys");
        Files.writeString(authorized, line(stand.userKey) + "\n");
        Path configuration = folder.resolve("sshd_config");
        Files.write(
                configuration,
                List.of(
                        "ListenAddress 127.0.0.1:" + stand.port,
                        "HostKey " + hostKey,
                        "AuthorizedKeysFile " + authorized,
                        "PidFile none",
                        "StrictModes no",
                        "Subsystem sftp internal-sftp",
                        "UsePAM no",
                        "PermitRootLogin yes",
                        "PasswordAuthentication no"));
        if (user().equals("root")) {
            Files.createDirectories(Path.of("/run/sshd")); // what its package's service does
        }
        stand.process = new ProcessBuilder(SSHD.toString(), "-D", "-e", "-f", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("sshd.log").toFile())
                .start();
        stand.await();
        return stand;
    }

    private void await() throws Exception {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (ConnectException e) {
                if (System.nanoTime() > giveUp || (process != null && !process.isAlive())) {
                    throw new IllegalStateException("sshd: " + Files.readString(folder.resolve("sshd.log")), e);
                }
                Thread.sleep(10);
            }
        }
    }

    private static String line(KeyPair key) {
        return PublicKeyEntry.toString(key.getPublic());
    }

    private Path key(String name, Optional<String> password) throws IOException, GeneralSecurityException {
        return write(name, userKey, password);
    }

    private Path write(String name, KeyPair key, Optional<String> password)
            throws IOException, GeneralSecurityException {
        Path file = folder.resolve(name);
        OpenSSHKeyEncryptionContext encryption = null;
        if (password.isPresent()) {
            encryption = new OpenSSHKeyEncryptionContext();
            encryption.setPassword(password.get());
            encryption.setCipherType("256");
        }
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(file)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "test", encryption, out);
        }
        return file;
    }

    public static String user() {
        return System.getProperty("user.name");
    }

    public int port() {
        return port;
    }

    public Path key() {
        return folder.resolve("key");
    }

    public Path encryptedKey() {
        return folder.resolve("encrypted-key");
    }

    public Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    public String fingerprint() {
        return KeyUtils.getFingerPrint(BuiltinDigests.sha256, hostKey.getPublic());
    }

    /** As whoever it lets in. */
    public SshLocation location() {
        return location(knownHosts(), Optional.empty());
    }

    public SshLocation location(Path hosts, Optional<String> fingerprint) {
        return new SshLocation(
                "127.0.0.1",
                port,
                user(),
                Optional.of(key()),
                Optional.empty(),
                Optional.empty(),
                hosts,
                fingerprint,
                Optional.empty(),
                Optional.empty());
    }

    /** Ends it at once, with all connections. */
    @Override
    public void close() {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (library != null) {
            try {
                library.stop(true);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
