package dev.holdfast.server.auth;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A cookie that no script reads and that only goes back to this very host. By TLS its name begins with {@code __Host-}, which
 * browsers let no other host and no plain connection set.
 */
record Cookie(String baseName, String sameSite) {
    private static final String HOST_PREFIX = "__Host-";

    private String name(boolean secure) {
        return secure ? HOST_PREFIX + baseName : baseName;
    }

    /** The value of the header {@code Set-Cookie}. */
    String set(String value, Duration life, boolean secure) {
        return name(secure) + "=" + value + "; Path=/; Max-Age=" + life.toSeconds() + "; HttpOnly; SameSite=" + sameSite
                + (secure ? "; Secure" : "");
    }

    /** The value of {@code Set-Cookie} that takes it away. */
    String clear(boolean secure) {
        return set("", Duration.ZERO, secure);
    }

    /** The cookie's value; empty if there is none. Of several, one must have been slipped in: then it is a value that never counts. */
    Optional<String> in(WebRequest request) {
        String start = name(request.secure()) + "=";
        List<String> values = request.all("cookie").stream()
                .flatMap(header -> Stream.of(header.split(";")))
                .map(String::strip)
                .filter(pair -> pair.startsWith(start))
                .map(pair -> pair.substring(start.length()))
                .toList();
        return values.size() > 1 ? Optional.of("") : values.stream().findFirst();
    }
}
