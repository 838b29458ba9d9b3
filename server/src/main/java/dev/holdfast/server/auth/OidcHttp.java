package dev.holdfast.server.auth;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the identity provider: by https only, without following it elsewhere, and without listening for ever. */
final class OidcHttp {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int LONGEST_ANSWER = 1 << 20;

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(LIMIT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /** Whether nobody on the way can change what comes from a URL. */
    static boolean isSafe(URI url) {
        return ("https".equalsIgnoreCase(url.getScheme()) && url.getHost() != null)
                || ("http".equalsIgnoreCase(url.getScheme()) && isThisMachine(url.getHost()));
    }

    private static boolean isThisMachine(@Nullable String host) {
        if (host == null || host.equals("localhost")) {
            return host != null;
        }
        try {
            return InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * @throws Unavailable (SERVER_UNAVAILABLE) if there is no whole answer with status 200
     */
    String get(URI url, Optional<String> bearer) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(checked(url)).timeout(LIMIT).header("Accept", "application/json");
        bearer.ifPresent(token -> request.header("Authorization", "Bearer " + token));
        HttpResponse<String> answer = send(url, request.build());
        if (answer.statusCode() != 200) {
            throw away(url, "it answers " + answer.statusCode(), null);
        }
        return answer.body();
    }

    /**
     * Sends a form.
     *
     * @throws Unavailable (SERVER_UNAVAILABLE) if there is no answer
     */
    HttpResponse<String> post(URI url, Map<String, String> form, Optional<String> authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(checked(url))
                .timeout(LIMIT)
                .header("Accept", "application/json")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
        authorization.ifPresent(value -> request.header("Authorization", value));
        return send(url, request.build());
    }

    static String encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static URI checked(URI url) {
        if (!isSafe(url)) {
            throw away(url, "it is not reached by https", null);
        }
        return url;
    }

    private HttpResponse<String> send(URI url, HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), LONGEST_ANSWER));
        } catch (IOException e) {
            throw away(url, "it does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw away(url, "the wait was interrupted", e);
        }
    }

    static Unavailable away(URI url, String why, @Nullable Throwable cause) {
        return new Unavailable(
                ErrorCode.SERVER_UNAVAILABLE,
                "the identity provider cannot be used at '" + url + "': " + why,
                "try again; users with a password here can sign in meanwhile.",
                cause);
    }
}
