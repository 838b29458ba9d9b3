package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads where a directory of another server is: from a map of a stack file, or from a URL and the environment. */
final class SftpReader {
    private static final String SCHEME = "sftp";
    private static final String HOME = "/~/";
    private static final String URL_EXAMPLE =
            "for example: --repository sftp://backup@nas.example.org/srv/backups/shop";
    /** The keys that ssh tries too, as far as they are of kinds that are still made. */
    private static final List<String> USUAL_KEYS = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    private SftpReader() {}

    static SftpFolder read(Section section) {
        SshConfig server = SshSection.read(section, List.of("path"), Example.SFTP);
        String path = section.requiredText("path", Example.SFTP);
        if (path.isBlank() || ("/" + path + "/").contains("/../")) {
            throw new Stop(
                    section.line("path"), "'" + section.path() + ".path' is no path of a directory", Example.SFTP);
        }
        return new SftpFolder(server, path);
    }

    /**
     * The directory that a URL names. What is needed to log in comes from {@code SFTP_KEY}, {@code SFTP_KEY_PASSWORD}, {@code
     * SFTP_PASSWORD} and {@code SFTP_KNOWN_HOSTS}, else from the ssh agent and the user's own keys.
     */
    static SftpFolder read(String url, Environment environment) {
        URI uri = uri(url);
        Path ssh = Path.of(environment.value("HOME").orElseGet(() -> System.getProperty("user.home")), ".ssh");
        Optional<Secret> password = environment.secret("SFTP_PASSWORD");
        Optional<Path> key = environment.value("SFTP_KEY").map(Path::of);
        Optional<Path> agent = key.isPresent() || password.isPresent()
                ? Optional.empty()
                : environment.value(SshSection.AGENT_SOCKET).map(Path::of);
        if (key.isEmpty() && password.isEmpty()) {
            key = USUAL_KEYS.stream()
                    .map(ssh::resolve)
                    .filter(Files::isRegularFile)
                    .findFirst();
        }
        if (key.isEmpty() && password.isEmpty() && agent.isEmpty()) {
            throw new Missing(
                    ErrorCode.SECRET_MISSING,
                    "nothing is known to log in with at '" + url + "'",
                    "set SFTP_KEY to the file of a private key, or SFTP_PASSWORD, or begin an ssh agent.");
        }
        SshConfig server = new SshConfig(
                uri.getHost().replaceAll("^\\[|]$", ""),
                uri.getPort() < 0 ? SshConfig.DEFAULT_PORT : uri.getPort(),
                uri.getUserInfo(),
                key,
                environment.secret("SFTP_KEY_PASSWORD"),
                password,
                environment.value("SFTP_KNOWN_HOSTS").map(Path::of).orElseGet(() -> ssh.resolve("known_hosts")),
                Optional.empty(),
                Optional.empty(),
                agent);
        return new SftpFolder(server, path(uri.getPath()));
    }

    private static String path(String path) {
        return path.startsWith(HOME) ? path.substring(HOME.length()) : path;
    }

    private static URI uri(String url) {
        try {
            URI uri = new URI(url);
            boolean whole = SCHEME.equals(uri.getScheme())
                    && Stream.of(uri.getHost(), uri.getUserInfo(), uri.getPath())
                            .allMatch(part -> part != null)
                    && !uri.getUserInfo().contains(":")
                    && !path(uri.getPath()).replace("/", "").isEmpty();
            if (whole) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw invalid(e);
        }
        throw invalid(null);
    }

    /** Without the text, in which somebody may have written a password. */
    private static Invalid invalid(@Nullable Exception cause) {
        return new Invalid(
                ErrorCode.USAGE, "the sftp:// address is not sftp://user@host:port/path", URL_EXAMPLE, cause);
    }
}
