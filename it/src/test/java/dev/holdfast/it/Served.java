package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A server of the distribution, and an administrator who asks it over HTTP. Closing it ends it. */
final class Served implements AutoCloseable {
    static final String ADMIN = "root";
    static final String PASSWORD = "velvet anchor twelve orchids";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> UNDER_WAY = Set.of("waiting", "running");

    private final HttpClient client = HttpClient.newHttpClient();
    private final Running process;
    private final Path state;
    private final URI url;
    private final double secondsToReady;
    private String jwt = "";

    private Served(Running process, Path state, URI url, double secondsToReady) {
        this.process = process;
        this.state = state;
        this.url = url;
        this.secondsToReady = secondsToReady;
    }

    /** Starts one with the variables of a stack and more, and a state folder. */
    static Served start(Stack stack, Path state, Map<String, String> more, String... arguments) {
        Map<String, String> variables = variables(stack, more);
        String[] command = command(state, arguments);
        return begun(() -> stack.start(stack.home(), variables, command), state);
    }

    /** The same with a clock that is off by what a file says. */
    static Served startAt(Path clock, Stack stack, Path state, Map<String, String> more) {
        List<String> command = stack.atAnotherTime("@" + clock, command(state));
        return begun(() -> stack.startOther(variables(stack, more), command), state);
    }

    private static String[] command(Path state, String... arguments) {
        List<String> command = new ArrayList<>(List.of("serve", "--port", "0", "--state", state.toString()));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    private static Map<String, String> variables(Stack stack, Map<String, String> more) {
        Map<String, String> variables = new HashMap<>(stack.environment());
        variables.put("HOLDFAST_ADMIN_USER", ADMIN);
        variables.put("HOLDFAST_ADMIN_PASSWORD", PASSWORD);
        more.forEach((name, value) -> {
            if (value.isEmpty()) {
                variables.remove(name);
            } else {
                variables.put(name, value);
            }
        });
        return variables;
    }

    private static Served begun(Supplier<Running> starting, Path state) {
        long began = System.nanoTime();
        Running process = starting.get();
        try {
            URI url = ready(process, state);
            Served served = new Served(process, state, url, (System.nanoTime() - began) / 1e9);
            served.signIn();
            return served;
        } catch (RuntimeException | Error e) {
            process.close();
            throw e;
        }
    }

    private static URI ready(Running process, Path state) {
        Properties lines = new Properties();
        Until.met("the server is ready: " + process.saidSoFar(), () -> {
            if (process.ended()) {
                throw new AssertionError("the server ended: " + process.outcome());
            }
            lines.clear();
            lines.putAll(read(state.resolve("holdfast.pid")));
            return lines.getProperty("ready", "").equals("true")
                    && lines.getProperty("pid", "").equals(Long.toString(process.pid()));
        });
        return URI.create(lines.getProperty("url"));
    }

    private static Properties read(Path file) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(Files.readString(file)));
        } catch (IOException e) {
            // not there yet
        }
        return lines;
    }

    /** Needed again when the JWT has ended. */
    void signIn() {
        jwt = signedIn();
    }

    /** As a person does it: signs in, and asks for a JWT with the session. */
    private String signedIn() {
        HttpResponse<String> signedIn = send(HttpRequest.newBuilder(url.resolve("/api/v1/sessions"))
                .header("X-Holdfast", "1")
                .header("Sec-Fetch-Site", "same-origin")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(
                        JSON.createObjectNode().put("name", ADMIN).put("password", PASSWORD)))));
        assertThat(signedIn.statusCode()).as(signedIn.body()).isEqualTo(201);
        String cookie =
                signedIn.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
        HttpResponse<String> issued = send(HttpRequest.newBuilder(url.resolve("/api/v1/tokens/jwt"))
                .header("Cookie", cookie)
                .header("Sec-Fetch-Site", "same-origin")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));
        assertThat(issued.statusCode()).as(issued.body()).isEqualTo(201);
        String token = JSON.readTree(issued.body()).path("jwt").asString("");
        assertThat(token.split("\\.")).hasSize(3);
        return token;
    }

    /** An API token of a role. */
    String token(String role) {
        ObjectNode order = JSON.createObjectNode().put("label", "a " + role);
        order.putObject("grant").put("role", role);
        return post(201, "/api/v1/tokens", order).path("secret").asString("");
    }

    URI url() {
        return url;
    }

    Path state() {
        return state;
    }

    long pid() {
        return process.pid();
    }

    /** From the start of the launcher to the first answer. */
    double secondsToReady() {
        return secondsToReady;
    }

    String jwt() {
        return jwt;
    }

    String log() {
        return process.saidSoFar();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(
                    request.timeout(Duration.ofMinutes(2)).build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(process.saidSoFar(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url.resolve(path)).header("Authorization", "Bearer " + jwt);
    }

    JsonNode get(String path) {
        return document(send(request(path).GET()), 200);
    }

    /** What is answered to somebody without a token. */
    int statusOfAnybody(String path) {
        return send(HttpRequest.newBuilder(url.resolve(path)).GET()).statusCode();
    }

    String text(String path) {
        HttpResponse<String> answer = send(request(path).GET());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    JsonNode post(int expected, String path, JsonNode body) {
        return document(posted(path, body), expected);
    }

    /** What the server says to an order that it may not be able to take. */
    HttpResponse<String> posted(String path, JsonNode body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    JsonNode patch(String path, JsonNode body) {
        return document(
                send(request(path)
                        .header("Content-Type", "application/json")
                        .method("PATCH", BodyPublishers.ofString(JSON.writeValueAsString(body)))),
                200);
    }

    JsonNode delete(int expected, String path) {
        return document(send(request(path).DELETE()), expected);
    }

    private JsonNode document(HttpResponse<String> answer, int expected) {
        assertThat(answer.statusCode())
                .as(answer.request().method() + " " + answer.uri() + ": " + answer.body())
                .isEqualTo(expected);
        return JSON.readTree(answer.body().isBlank() ? "{}" : answer.body());
    }

    /** Fetches a file. */
    HttpResponse<Path> download(String path, Path to) {
        try {
            return client.send(request(path).GET().build(), BodyHandlers.ofFile(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Waits for the end of a run. */
    JsonNode ended(String run) {
        List<JsonNode> last = new ArrayList<>();
        Until.met("run " + run + " has ended", () -> {
            last.clear();
            last.add(get("/api/v1/runs/" + run));
            return !UNDER_WAY.contains(last.getFirst().path("state").asString(""));
        });
        return last.getFirst();
    }

    /** Waits for the end of a run, which has to be a good one. */
    JsonNode succeeded(String run) {
        JsonNode ended = ended(run);
        assertThat(ended.path("state").asString(""))
                .as(ended + "\n" + text("/api/v1/runs/" + run + "/log") + log())
                .isEqualTo("succeeded");
        return ended;
    }

    JsonNode runs(String filter) {
        return get("/api/v1/runs?limit=200" + filter).path("items");
    }

    JsonNode snapshots() {
        return get("/api/v1/snapshots?limit=200").path("items");
    }

    /** Waits until there is a snapshot, and no run is under way. */
    void firstBackup() {
        Until.met("there is a snapshot: " + log(), () -> snapshots().size() > 0);
        quiet();
    }

    /** Waits until nothing waits or runs. */
    void quiet() {
        Until.met(
                "no run is under way",
                () -> runs("&state=waiting&state=running").isEmpty());
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Bytes of memory it holds. */
    long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) * 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void kill() {
        process.kill();
        process.outcome();
    }

    /** Ends it as a service manager does. */
    Outcome terminate() {
        process.signal("TERM");
        return process.outcome();
    }

    @Override
    public void close() {
        process.close();
        client.close();
    }
}
