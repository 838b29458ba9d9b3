package dev.holdfast.server.auth;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is looked at of a request.
 *
 * @param method in capitals
 * @param path without query
 * @param headers by name, in any case; each value as it was sent
 * @param address of the client, see {@link ClientAddress}
 * @param secure whether the client came by TLS, to this server or to a trusted proxy before it
 */
public record WebRequest(
        String method, String path, Map<String, List<String>> headers, String address, boolean secure) {
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    public WebRequest {
        method = method.toUpperCase(Locale.ROOT);
        headers = headers.entrySet().stream()
                .collect(Collectors.toMap(
                        header -> header.getKey().toLowerCase(Locale.ROOT),
                        header -> List.copyOf(header.getValue()),
                        (one, other) ->
                                Stream.concat(one.stream(), other.stream()).toList(),
                        TreeMap::new));
    }

    /** Whether the method changes nothing. */
    boolean isSafe() {
        return SAFE.contains(method);
    }

    /** All values of a header. */
    List<String> all(String header) {
        return headers.getOrDefault(header.toLowerCase(Locale.ROOT), List.of());
    }

    /** The value of a header that is there once; empty if it is missing or ambiguous. */
    Optional<String> only(String header) {
        List<String> values = all(header);
        return values.size() == 1 ? Optional.of(values.getFirst().strip()) : Optional.empty();
    }
}
