package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.access.Role;
import dev.holdfast.server.contract.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Calls made from the contract: fitting ones, nearly fitting ones and wild ones. No answer may be the server's own fault. */
class FuzzTest {
    private static final int ROUNDS = Integer.getInteger("holdfast.fuzz.rounds", 12);

    /** They answer for ever, or end what the test needs. */
    private static final Set<String> LEFT_OUT =
            Set.of("followRun", "followAll", "signOut", "removeUser", "changeUser", "setPassword", "removeToken");

    private static final List<String> ODD = List.of(
            "",
            " ",
            "\u0000",
            "\ud83d\udcbe",
            "../../etc/passwd",
            "';DROP TABLE run;--",
            "%s%n",
            "${jndi:x}",
            "<script>",
            "a".repeat(5000),
            "-1",
            "99999999999999999999999",
            "1e400",
            "NaN",
            "null",
            "true",
            "\r\nX: y",
            "\u202e",
            "latest",
            "shop",
            "uploads",
            "first",
            "[]");

    private final long seed = Long.getLong("holdfast.fuzz.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private List<String> ids = List.of();

    @Test
    void no_call_that_the_contract_can_describe_makes_the_server_fail(@TempDir Path folder) throws IOException {
        System.out.println("seed " + seed + " (-Dholdfast.fuzz.seed)");
        try (TestServer server = new TestServer(folder)) {
            ApiClient admin = server.client.as(server.token("anna", Role.ADMIN));
            String snapshot = admin.post("/api/backups/create", "{}")
                    .expect(201)
                    .json()
                    .get("id")
                    .asString();
            String run = admin.get("/api/v1/runs")
                    .expect(200)
                    .json()
                    .at("/items/0/id")
                    .asString();
            ids = List.of(snapshot, run, "01jd0000000000000000000000");
            Map<Integer, Integer> answers = new TreeMap<>();
            String before = "none";
            for (int round = 0; round < ROUNDS; round++) {
                for (Operation operation : server.server.contract().operations()) {
                    if (!LEFT_OUT.contains(operation.id())) {
                        HttpRequest.Builder request = request(admin, server, operation);
                        ApiClient.Answer answer;
                        try {
                            answer = admin.send(request);
                        } catch (UncheckedIOException e) {
                            throw new AssertionError(
                                    "%s with seed %s had no answer: %s; the call before it: %s"
                                            .formatted(
                                                    operation.id(),
                                                    seed,
                                                    request.build().uri(),
                                                    before),
                                    e);
                        }
                        assertThat(answer.status())
                                .as("%s with seed %s: %s", operation.id(), seed, answer.text())
                                .isNotEqualTo(500)
                                .isBetween(200, 599);
                        before = operation.id() + " " + answer.response() + " "
                                + answer.response().headers() + " " + answer.text() + " "
                                + answer.response().request().headers();
                        answers.merge(answer.status(), 1, Integer::sum);
                    }
                }
            }
            System.out.println("answers by status: " + answers);
            assertThat(answers).containsKeys(200, 400, 404);
        }
    }

    private HttpRequest.Builder request(ApiClient client, TestServer server, Operation operation) {
        StringBuilder path = new StringBuilder(operation.path());
        for (Operation.Parameter parameter : operation.parametersIn("path")) {
            int at = path.indexOf("{" + parameter.name() + "}");
            String text = text(server, parameter);
            path.replace(at, at + parameter.name().length() + 2, ApiClient.encoded(text.isEmpty() ? "x" : text));
        }
        List<String> query = new ArrayList<>();
        for (Operation.Parameter parameter : operation.parametersIn("query")) {
            if (parameter.required() ? random.nextInt(20) > 0 : random.nextInt(3) == 0) {
                query.add(parameter.name() + "=" + ApiClient.encoded(text(server, parameter)));
            }
        }
        if (random.nextInt(30) == 0) {
            query.add(ApiClient.encoded(odd()) + "=" + ApiClient.encoded(odd()));
        }
        path.append(query.isEmpty() ? "" : "?" + String.join("&", query));
        HttpRequest.BodyPublisher body = operation
                .body()
                .filter(_ -> operation.needsBody() || random.nextBoolean())
                .map(schema -> HttpRequest.BodyPublishers.ofString(body(server, schema)))
                .orElseGet(HttpRequest.BodyPublishers::noBody);
        HttpRequest.Builder request = client.request(operation.method().toUpperCase(Locale.ROOT), path.toString(), body)
                .header("Content-Type", "application/json");
        if (random.nextInt(5) == 0) {
            request.header("Idempotency-Key", "key-" + random.nextInt(3));
        }
        return request;
    }

    private String text(TestServer server, Operation.Parameter parameter) {
        if (random.nextInt(4) == 0) {
            return odd();
        }
        return switch (parameter.name()) {
            case "stack" -> "shop";
            case "part" -> "uploads";
            case "destination" -> random.nextBoolean() ? "first" : "second";
            case "key" -> "hello.txt";
            case "wait" -> "1";
            case "snapshot", "other", "confirm", "id", "run" -> id();
            default -> {
                JsonNode schema = server.server.contract().schemas().resolved(parameter.schema());
                JsonNode items = schema.path("type").asString("").equals("array") ? schema.get("items") : schema;
                JsonNode value = value(server, items, 0);
                yield value.isString() ? value.asString() : value.toString();
            }
        };
    }

    private String body(TestServer server, JsonNode schema) {
        return switch (random.nextInt(12)) {
            case 0 -> odd();
            case 1 -> "[" + JsonMapper.shared().writeValueAsString(value(server, schema, 0)) + "]";
            default -> JsonMapper.shared().writeValueAsString(value(server, schema, 0));
        };
    }

    private JsonNode value(TestServer server, JsonNode reference, int depth) {
        JsonNode schema = server.server.contract().schemas().resolved(reference);
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (random.nextInt(25) == 0) {
            return wild(nodes);
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
        }
        return switch (schema.path("type").asString("string")) {
            case "object" -> object(server, schema, depth);
            case "array" -> array(server, schema, depth);
            case "integer", "number" -> number(schema, nodes);
            case "boolean" -> nodes.booleanNode(random.nextBoolean());
            default -> nodes.stringNode(string(schema));
        };
    }

    private JsonNode wild(JsonNodeFactory nodes) {
        return switch (random.nextInt(6)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.numberNode(new BigDecimal("1e400"));
            case 2 -> nodes.arrayNode();
            case 3 -> nodes.objectNode();
            case 4 -> nodes.booleanNode(true);
            default -> nodes.stringNode(odd());
        };
    }

    private JsonNode number(JsonNode schema, JsonNodeFactory nodes) {
        long least = schema.path("minimum").asLong(-10);
        long most = schema.path("maximum").asLong(1000);
        return nodes.numberNode(
                switch (random.nextInt(4)) {
                    case 0 -> least;
                    case 1 -> most;
                    case 2 -> least + random.nextLong(Math.max(1, most - least));
                    default -> random.nextLong();
                });
    }

    private ObjectNode object(TestServer server, JsonNode schema, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            boolean required = schema.path("required")
                    .valueStream()
                    .anyMatch(name -> name.asString().equals(property.getKey()));
            if (required ? random.nextInt(20) > 0 : random.nextInt(3) == 0) {
                object.set(
                        property.getKey(),
                        property.getKey().equals("stack") && random.nextInt(5) > 0
                                ? JsonNodeFactory.instance.stringNode("shop")
                                : value(server, property.getValue(), depth + 1));
            }
        }
        if (schema.path("additionalProperties").isObject() && depth < 4) {
            object.set(odd(), value(server, schema.get("additionalProperties"), depth + 1));
        } else if (random.nextInt(30) == 0) {
            object.put(odd(), odd());
        }
        return object;
    }

    private ArrayNode array(TestServer server, JsonNode schema, int depth) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (int i = random.nextInt(3); i > 0 && depth < 5; i--) {
            array.add(value(server, schema.get("items"), depth + 1));
        }
        return array;
    }

    private String string(JsonNode schema) {
        if (random.nextInt(6) == 0) {
            return odd();
        }
        if (schema.path("format").asString("").equals("date-time")) {
            return "20" + (10 + random.nextInt(89)) + "-02-0" + (1 + random.nextInt(8)) + "T10:00:00Z";
        }
        return switch (schema.path("pattern").asString("")) {
            case "^[0-7][0-9a-hjkmnp-tv-z]{25}$", "^(latest|[0-7][0-9a-hjkmnp-tv-z]{25})$" -> id();
            case "" -> random.nextBoolean() ? "text " + random.nextInt(100) : odd();
            default -> List.of("shop", "uploads", "first", "other").get(random.nextInt(4));
        };
    }

    private String id() {
        return ids.get(random.nextInt(ids.size()));
    }

    private String odd() {
        return ODD.get(random.nextInt(ODD.size()));
    }
}
