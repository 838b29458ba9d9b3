package dev.holdfast.connectors.ssh;

import dev.holdfast.connectors.ssh.KnownHosts.Line;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the key of one server if it was known before: by a line in the file of known hosts or by its fingerprint. An
 * unknown key is never taken on trust.
 */
final class HostKeys implements ServerKeyVerifier {
    private final SshLocation server;
    private final List<Line> lines;
    private volatile @Nullable String refusal;

    /**
     * @throws Missing if there is no file of known hosts, and no fingerprint
     */
    HostKeys(SshLocation server) {
        this.server = server;
        this.lines = server.fingerprint().isPresent() ? List.of() : lines(server);
    }

    private static List<Line> lines(SshLocation server) {
        try {
            return KnownHosts.about(server.host(), server.port(), server.knownHosts());
        } catch (IOException e) {
            throw new Missing(
                    ErrorCode.CONFIGURATION_MISSING,
                    "the host key of ssh server " + server.server() + " cannot be checked: the file '"
                            + server.knownHosts() + "' "
                            + (Files.exists(server.knownHosts()) ? "cannot be read" : "does not exist"),
                    advice(server),
                    e);
        }
    }

    private static String advice(SshLocation server) {
        return "log in once with: ssh -p " + server.port() + " " + server.user() + "@" + server.host()
                + ", compare the key it shows, and name the file with known-hosts; or give its fingerprint.";
    }

    /** Kinds of keys that are known; the server is asked for one of them first. */
    Set<String> kinds() {
        return lines.stream().filter(line -> !line.revoked()).map(Line::kind).collect(Collectors.toUnmodifiableSet());
    }

    /** Why the key was not accepted. */
    Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** What to do about it. */
    String advice() {
        return kinds().isEmpty() || server.fingerprint().isPresent()
                ? advice(server)
                : "if nobody gave the server another key, somebody stands in between: do not go on; else remove the old key with:"
                        + " ssh-keygen -f " + server.knownHosts() + " -R '"
                        + KnownHosts.name(server.host(), server.port())
                        + "', and " + advice(server);
    }

    @Override
    public boolean verifyServerKey(ClientSession session, SocketAddress remote, PublicKey key) {
        refusal = why(key).orElse(null);
        return refusal == null;
    }

    private Optional<String> why(PublicKey key) {
        String shown = KeyUtils.getKeyType(key) + " " + KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
        Optional<String> wanted = server.fingerprint();
        if (wanted.isPresent()) {
            return shown.endsWith(" " + wanted.get())
                    ? Optional.empty()
                    : Optional.of("its host key is " + shown + ", expected " + wanted.get());
        }
        String encoded = encoded(key);
        List<Line> same =
                lines.stream().filter(line -> line.key().equals(encoded)).toList();
        if (same.stream().anyMatch(Line::revoked)) {
            return Optional.of("its host key, " + shown + ", is revoked in '" + server.knownHosts() + "'");
        }
        if (same.isEmpty()) {
            return Optional.of("its host key, " + shown
                    + (kinds().isEmpty() ? ", is not in '" : ", is another one than in '") + server.knownHosts() + "'");
        }
        return Optional.empty();
    }

    private static String encoded(PublicKey key) {
        ByteArrayBuffer buffer = new ByteArrayBuffer();
        buffer.putRawPublicKey(key);
        return Base64.getEncoder().encodeToString(buffer.getCompactData());
    }
}
