package dev.holdfast.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a server, and turns what it refuses into the errors that they are. Safe for many threads. */
public final class ServerClient implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);
    private static final Set<Integer> GATEWAYS = Set.of(502, 503, 504);
    private static final int MOST_OF_PROBLEM = 64 * 1024;

    private final ServerPlace place;
    private final HttpClient client;

    public ServerClient(ServerPlace place) {
        this.place = place;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(CONNECT_LIMIT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1);
        place.certificate().map(Trust::in).ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    /**
     * @param path from {@code /api} on, with everything in it encoded
     * @throws HoldfastException what the server says is wrong, or (SERVER_UNAVAILABLE) that it does not answer
     */
    public JsonNode get(String path) {
        return document(send(request(path).GET()));
    }

    /** Text that is no JSON. */
    public String text(String path) {
        return send(request(path).GET()).body();
    }

    /**
     * @param headers besides those that every request has
     */
    public JsonNode post(String path, JsonNode body, Map<String, String> headers) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)));
        headers.forEach(request::header);
        return document(send(request));
    }

    /** Without a body. */
    public JsonNode post(String path) {
        return document(send(request(path).POST(BodyPublishers.noBody())));
    }

    /** The same, sent once more if the answer was lost; that begins nothing twice. */
    public JsonNode postOnce(String path, JsonNode body) {
        Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        try {
            return post(path, body, key);
        } catch (Unavailable e) {
            if (e.getCause() instanceof ConnectException || e.getCause() instanceof HttpConnectTimeoutException) {
                throw e;
            }
            return post(path, body, key);
        }
    }

    /** Reads a body while it comes. */
    @FunctionalInterface
    public interface Reading<T> {
        T from(InputStream body) throws IOException;
    }

    /**
     * A body that may take as long as it likes, if only something comes now and then.
     *
     * @param headers besides those that every request has
     * @param silence how long nothing may come
     * @throws Unavailable (SERVER_UNAVAILABLE) if it is cut
     */
    public <T> T stream(String path, Map<String, String> headers, Duration silence, Reading<T> reading) {
        HttpRequest.Builder request = authorised(path);
        headers.forEach(request::header);
        HttpResponse<InputStream> answer = answer(request, BodyHandlers.ofInputStream());
        try (InputStream body = answer.body();
                LimitedSilence limited = new LimitedSilence(body, silence)) {
            if (answer.statusCode() / 100 != 2) {
                throw refused(answer.statusCode(), new String(limited.readNBytes(MOST_OF_PROBLEM), UTF_8));
            }
            return reading.from(limited);
        } catch (IOException e) {
            throw new Unavailable(
                    ErrorCode.SERVER_UNAVAILABLE,
                    "the connection to the server at " + place.url() + " was cut: " + reason(e),
                    "what came is given up; try again.",
                    e);
        }
    }

    public JsonNode patch(String path, JsonNode body) {
        return document(send(request(path)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(JSON.writeValueAsString(body)))));
    }

    private HttpRequest.Builder request(String path) {
        return authorised(path).timeout(ANSWER_LIMIT);
    }

    private HttpRequest.Builder authorised(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(place.resolve(path));
        place.token().ifPresent(token -> request.header("Authorization", "Bearer " + token.text()));
        return request;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        HttpResponse<String> answer = answer(request, BodyHandlers.ofString(UTF_8));
        if (answer.statusCode() / 100 != 2) {
            throw refused(answer.statusCode(), answer.body());
        }
        return answer;
    }

    private <T> HttpResponse<T> answer(HttpRequest.Builder request, BodyHandler<T> handler) {
        try {
            return client.send(request.build(), handler);
        } catch (IOException e) {
            throw new Unavailable(
                    ErrorCode.SERVER_UNAVAILABLE,
                    "the server at " + place.url() + " does not answer: " + reason(e),
                    hint(e),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed(ErrorCode.CANCELLED, "interrupted while waiting for the server", "", e);
        }
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case HttpConnectTimeoutException _ -> "no connection within " + CONNECT_LIMIT.toSeconds() + " s";
            case HttpTimeoutException _ -> "no answer within " + ANSWER_LIMIT.toSeconds() + " s";
            case ConnectException refused
            when first(refused) instanceof UnresolvedAddressException -> "there is no such host";
            case ConnectException _ -> "nobody listens there";
            default ->
                Optional.ofNullable(failure.getMessage())
                        .filter(message -> !message.isBlank())
                        .orElse(failure.getClass().getSimpleName());
        };
    }

    private static Throwable first(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return first;
    }

    private static String hint(IOException failure) {
        return failure instanceof SSLException
                ? "look whether http is meant where https was said; a certificate of your own, or of an authority of your"
                        + " own, is named with HOLDFAST_SERVER_CERTIFICATE."
                : "look whether it runs there, and whether https is meant where http was said.";
    }

    private JsonNode document(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body().isBlank() ? "{}" : answer.body());
        } catch (JacksonException e) {
            throw strange(answer.statusCode(), e);
        }
    }

    private Failed strange(int status, @Nullable Exception cause) {
        return new Failed(
                ErrorCode.SERVER_UNAVAILABLE,
                "what answers at " + place.url() + " is no Holdfast server: status " + status,
                "look at the URL, and at what stands between here and there.",
                cause);
    }

    private HoldfastException refused(int status, String body) {
        Optional<JsonNode> problem = problem(body);
        Optional<ErrorCode> code = problem.flatMap(p -> code(p.path("code").asString("")));
        if (problem.isEmpty() || code.isEmpty()) {
            return GATEWAYS.contains(status) ? away(status) : strange(status, null);
        }
        String message = message(problem.get());
        String hint = problem.get().path("hint").asString("");
        return switch (code.get()) {
            case NOT_SIGNED_IN, FORBIDDEN -> new AccessDenied(code.get(), message, withToken(code.get(), hint));
            case SERVER_UNAVAILABLE, CATALOG_UNAVAILABLE -> new Unavailable(code.get(), message, hint);
            default -> new Failed(code.get(), message, hint);
        };
    }

    private Unavailable away(int status) {
        return new Unavailable(
                ErrorCode.SERVER_UNAVAILABLE,
                "what stands before the server at " + place.url() + " does not reach it: status " + status,
                "look whether it runs there.");
    }

    /** With each thing that is wrong, where there are several. */
    private static String message(JsonNode problem) {
        StringBuilder message = new StringBuilder(problem.path("detail").asString(""));
        problem.path("errors")
                .forEach(error -> message.append("\n")
                        .append(error.path("at").asString(""))
                        .append(": ")
                        .append(error.path("message").asString("")));
        return message.toString();
    }

    private String withToken(ErrorCode code, String hint) {
        return code == ErrorCode.NOT_SIGNED_IN && place.token().isEmpty()
                ? "name an API token with HOLDFAST_TOKEN or HOLDFAST_TOKEN_FILE."
                : hint;
    }

    private static Optional<JsonNode> problem(String body) {
        try {
            return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    public static Optional<ErrorCode> code(String label) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.label().equals(label)) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }

    /** As a part of a path or of a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        client.close();
    }
}
