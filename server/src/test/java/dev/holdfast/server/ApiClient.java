package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.contract.Contract;
import dev.holdfast.server.contract.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the API as programs do, and compares every answer with the contract. */
final class ApiClient {
    private final String base;
    private final Contract contract;
    private final HttpClient http;
    private final @Nullable String token;

    ApiClient(String base, Contract contract) {
        this(base, contract, HttpClient.newBuilder().build(), null);
    }

    private ApiClient(String base, Contract contract, HttpClient http, @Nullable String token) {
        this.base = base;
        this.contract = contract;
        this.http = http;
        this.token = token;
    }

    ApiClient as(String other) {
        return new ApiClient(base, contract, http, other);
    }

    /** What came back. */
    record Answer(int status, HttpResponse<byte[]> response) {
        String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(response.body());
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        Answer expect(int expected) {
            assertThat(status).as(text()).isEqualTo(expected);
            return this;
        }

        Answer expectProblem(int expected, String code) {
            expect(expected);
            assertThat(header("content-type")).isEqualTo("application/problem+json");
            assertThat(json().get("code").asString()).as(text()).isEqualTo(code);
            return this;
        }
    }

    Answer get(String path) {
        return send(request("GET", path, HttpRequest.BodyPublishers.noBody()));
    }

    Answer delete(String path) {
        return send(request("DELETE", path, HttpRequest.BodyPublishers.noBody()));
    }

    Answer post(String path, String json) {
        return send("POST", path, json);
    }

    Answer post(String path) {
        return send(request("POST", path, HttpRequest.BodyPublishers.noBody()));
    }

    Answer send(String method, String path, String json) {
        return send(request(method, path, HttpRequest.BodyPublishers.ofString(json))
                .header("Content-Type", "application/json"));
    }

    HttpRequest.Builder request(String method, String path, HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofMinutes(2))
                .method(method, body);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    Answer send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            Answer answer = new Answer(response.statusCode(), response);
            check(request, answer);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpClient http() {
        return http;
    }

    /** The operation of the contract that a path belongs to. */
    Optional<Operation> operation(String method, String path) {
        return contract.operations().stream()
                .filter(operation -> operation.method().equalsIgnoreCase(method))
                .filter(operation -> matches(operation.path(), path))
                .min((one, other) -> Integer.compare(count(one.path()), count(other.path())));
    }

    private static int count(String path) {
        return path.split("\\{", -1).length;
    }

    private static boolean matches(String template, String path) {
        String pattern = Pattern.compile("\\{[^}]*}")
                .splitAsStream(template)
                .map(Pattern::quote)
                .reduce((one, other) -> one + "[^/]+" + other)
                .orElse("");
        return path.matches(pattern + (template.endsWith("}") ? "[^/]+" : ""));
    }

    private void check(HttpRequest request, Answer answer) {
        if (request.method().equals("HEAD")) {
            return;
        }
        String type = answer.header("content-type");
        Optional<Operation> operation =
                operation(request.method(), request.uri().getRawPath());
        if (type.startsWith("application/problem+json")) {
            fits(contract.document().at("/components/schemas/Problem"), answer);
        } else if (operation.isPresent() && type.startsWith("application/json")) {
            JsonNode response = operation.get().responses().path(Integer.toString(answer.status()));
            assertThat(response.isMissingNode())
                    .as("%s answers %s", operation.get().id(), answer.status())
                    .isFalse();
            JsonNode schema = contract.schemas().resolved(response).at("/content/application~1json/schema");
            fits(schema, answer);
        }
        assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
    }

    private void fits(JsonNode schema, Answer answer) {
        assertThat(contract.schemas().check(schema, answer.json(), ""))
                .as(answer.text())
                .isEmpty();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
