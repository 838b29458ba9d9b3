package dev.holdfast.connectors.ssh;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/**
 * A login at an SSH server. Nothing of the user's own SSH configuration is used but what the location names. A connection that
 * dies is noticed within a minute. Safe for many threads.
 */
public final class SshSession implements AutoCloseable {
    static final Duration CONNECT_LIMIT = Duration.ofSeconds(15);
    static final String LOOPBACK = "127.0.0.1";

    private static final Duration LOGIN_LIMIT = Duration.ofSeconds(30);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int HEARTBEATS_MISSED = 3;

    private final SshLocation server;
    private final Purpose purpose;
    private final @Nullable SshTunnel jump;
    private final SshClient client;
    private final Watch watch = new Watch();
    private @Nullable ClientSession session;
    private volatile boolean closed;

    /** What the server is needed for; says as what its failures count. */
    public enum Purpose {
        DATABASE(ErrorCode.DATABASE_ACCESS_DENIED, ErrorCode.DATABASE_UNAVAILABLE),
        STORE(ErrorCode.STORE_ACCESS_DENIED, ErrorCode.STORE_UNAVAILABLE);

        private final ErrorCode denied;
        private final ErrorCode unavailable;

        Purpose(ErrorCode denied, ErrorCode unavailable) {
            this.denied = denied;
            this.unavailable = unavailable;
        }
    }

    private SshSession(SshLocation server, Purpose purpose, @Nullable SshTunnel jump) {
        this.server = server;
        this.purpose = purpose;
        this.jump = jump;
        this.client = SshClient.setUpDefaultClient();
    }

    /**
     * Logs in.
     *
     * @throws AccessDenied if the host key is not the known one, or the login is refused
     * @throws Unavailable if the server does not answer
     */
    public static SshSession open(SshLocation server, Purpose purpose) {
        SshTunnel jump = server.jump()
                .map(first -> SshTunnel.open(first, server.host(), server.port(), purpose))
                .orElse(null);
        SshSession opened = new SshSession(server, purpose, jump);
        try {
            opened.connect();
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void connect() {
        HostKeys hostKeys = new HostKeys(server);
        configure(hostKeys);
        client.start();
        try {
            ClientSession opened = client.connect(
                            server.user(),
                            jump == null ? server.host() : LOOPBACK,
                            jump == null ? server.port() : jump.port())
                    .verify(CONNECT_LIMIT)
                    .getSession();
            session = opened;
            opened.addSessionListener(watch);
            identify(opened);
            opened.auth().verify(LOGIN_LIMIT);
        } catch (IOException e) {
            throw failure(e, hostKeys);
        } catch (UnresolvedAddressException e) {
            throw unavailable("no such host", e);
        }
    }

    private void configure(HostKeys hostKeys) {
        client.setServerKeyVerifier(hostKeys);
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setSignatureFactories(knownFirst(client.getSignatureFactories(), hostKeys.kinds()));
        server.agent().ifPresent(socket -> client.setAgentFactory(AgentSocket.factory(socket)));
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, HEARTBEATS_MISSED);
    }

    /** Else a server with several keys would show one that is not in the file. */
    private static List<NamedFactory<Signature>> knownFirst(List<NamedFactory<Signature>> all, Set<String> kinds) {
        List<NamedFactory<Signature>> ordered = new ArrayList<>(all);
        ordered.removeIf(factory -> !kinds.contains(KeyUtils.getCanonicalKeyType(factory.getName())));
        all.stream().filter(factory -> !ordered.contains(factory)).forEach(ordered::add);
        return ordered;
    }

    private void identify(ClientSession opened) {
        server.agent().ifPresent(SshSession::requireAgent);
        server.key().ifPresent(file -> keys(file).forEach(opened::addPublicKeyIdentity));
        server.password().ifPresent(opened::addPasswordIdentity);
    }

    /** Else it would only be said that the server takes no key. */
    private static void requireAgent(Path socket) {
        try (AgentSocket agent = AgentSocket.connect(socket)) {
            agent.getIdentities();
        } catch (IOException | UnsupportedOperationException e) {
            throw new Missing(
                    ErrorCode.CONFIGURATION_MISSING,
                    "no ssh agent answers at '" + socket + "': " + said(e),
                    "start one with 'eval $(ssh-agent)' and add a key with ssh-add, or name a key in place of the agent.",
                    e);
        }
    }

    private List<KeyPair> keys(Path file) {
        FilePasswordProvider password =
                server.keyPassword().map(FilePasswordProvider::of).orElse(FilePasswordProvider.EMPTY);
        try (InputStream content = Files.newInputStream(file)) {
            Iterable<KeyPair> found =
                    SecurityUtils.loadKeyPairIdentities(null, new PathResource(file), content, password);
            List<KeyPair> keys = new ArrayList<>();
            if (found != null) {
                found.forEach(keys::add);
            }
            if (keys.isEmpty()) {
                throw new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "the ssh key '" + file + "' is not a private key",
                        "name the file that ssh-keygen made, without '.pub'.");
            }
            return keys;
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw new Missing(
                    ErrorCode.CONFIGURATION_MISSING,
                    "the ssh key '" + file + "' "
                            + (e instanceof NoSuchFileException ? "does not exist" : "may not be read"),
                    "name the file that ssh-keygen made, and see that this user may read it.",
                    e);
        } catch (IOException | GeneralSecurityException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the ssh key '" + file + "' cannot be opened",
                    server.keyPassword().isPresent()
                            ? "its password seems to be another one than that given."
                            : "if it is encrypted, give its password.",
                    e);
        }
    }

    private HoldfastException failure(IOException e, HostKeys hostKeys) {
        Optional<String> refusal = hostKeys.refusal();
        if (refusal.isPresent()) {
            return new AccessDenied(
                    purpose.denied,
                    "ssh server " + server.server() + " is not trusted: " + refusal.get(),
                    hostKeys.advice(),
                    e);
        }
        String said = said(e);
        if (said.contains("No more authentication methods")) {
            return new AccessDenied(
                    purpose.denied,
                    "ssh server " + server.server() + " refuses user '" + server.user() + "'",
                    "check user, key and password; the server's log says more.",
                    e);
        }
        Optional<String> behind = jump == null ? Optional.empty() : jump.refused();
        return unavailable(behind.orElse(said), e);
    }

    Unavailable unavailable(String why, Exception e) {
        return new Unavailable(
                purpose.unavailable,
                "ssh server " + server.server() + " does not let us in: " + why,
                "see that it runs and that host and port are right.",
                e);
    }

    /** What went wrong first, in few words. */
    static String said(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof UnresolvedAddressException) {
            return "no such host";
        }
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return message.startsWith("DefaultConnectFuture") ? "no answer in time" : message;
    }

    /** The connection, to open channels in. */
    public ClientSession connection() {
        ClientSession opened = session;
        if (opened == null) {
            throw new IllegalStateException("not open");
        }
        return opened;
    }

    /** Why nothing gets through any more; empty as long as the login stands, and when it was closed on purpose. */
    public Optional<String> lost() {
        ClientSession opened = session;
        if (closed || opened == null || (opened.isOpen() && opened.isAuthenticated())) {
            return closed || jump == null ? Optional.empty() : jump.lost();
        }
        return Optional.of("the ssh connection to " + server.server() + " is lost"
                + watch.reason().map(why -> " (" + why + ")").orElse(""));
    }

    /** Logs out. */
    @Override
    public void close() {
        closed = true;
        try {
            ClientSession opened = session;
            if (opened != null) {
                opened.close(true);
            }
            client.stop();
        } finally {
            if (jump != null) {
                jump.close();
            }
        }
    }

    /** Hears why things end. */
    private static final class Watch implements SessionListener {
        private volatile @Nullable String reason;

        Optional<String> reason() {
            return Optional.ofNullable(reason);
        }

        @Override
        public void sessionException(Session of, Throwable failure) {
            reason = said(failure);
        }

        @Override
        public void sessionDisconnect(Session of, int code, String message, String language, boolean initiator) {
            reason = message;
        }
    }
}
