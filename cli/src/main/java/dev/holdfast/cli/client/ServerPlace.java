package dev.holdfast.cli.client;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server and what proves to it who asks.
 *
 * @param url as {@code https://host:port}, perhaps with a path before {@code /api}
 * @param token an API token or a JWT
 * @param certificate a file with the certificates that are trusted; the system's own are where it is empty
 */
public record ServerPlace(URI url, Optional<Secret> token, Optional<Path> certificate) {
    /**
     * @throws Invalid (USAGE) if it is not the URL of a server
     */
    public static ServerPlace of(String text, Optional<Secret> token, Optional<Path> certificate) {
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (!web || url.getHost() == null || url.getQuery() != null || url.getUserInfo() != null) {
                throw unsuitable(null);
            }
            return new ServerPlace(url, token, certificate);
        } catch (URISyntaxException e) {
            throw unsuitable(e);
        }
    }

    private static Invalid unsuitable(@Nullable Exception cause) {
        return new Invalid(
                ErrorCode.USAGE,
                "the server's URL cannot be understood",
                "write it like https://backup.example.org:8484, without a user or a query.",
                cause);
    }

    URI resolve(String path) {
        return URI.create(url + path);
    }

    /** Whether what is said can be read on the way. */
    public boolean isExposed() {
        String host = url.getHost();
        boolean local = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
        return "http".equals(url.getScheme()) && !local;
    }
}
