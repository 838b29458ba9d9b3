package dev.holdfast.server.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The contract as it was read. Immutable; safe for many threads. */
public final class Contract {
    private static final String FILE = "openapi.yaml";
    private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

    private final byte[] yaml;
    private final JsonNode document;
    private final Schemas schemas;
    private final Map<String, Operation> operations = new LinkedHashMap<>();

    private Contract(byte[] yaml, JsonNode document) {
        this.yaml = yaml;
        this.document = document;
        this.schemas = new Schemas(document);
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (String method : METHODS) {
                Optional.ofNullable(path.getValue().get(method))
                        .ifPresent(node -> operations.put(
                                key(method, path.getKey()), operation(method, path.getKey(), node, path.getValue())));
            }
        }
    }

    /** The contract of this version. */
    public static Contract load() {
        try (InputStream in = Contract.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("the contract is not packed in");
            }
            byte[] yaml = in.readAllBytes();
            LoadSettings settings = LoadSettings.builder().setLabel(FILE).build();
            Object tree = new Load(settings).loadFromString(new String(yaml, StandardCharsets.UTF_8));
            return new Contract(yaml, JsonMapper.shared().valueToTree(tree));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As it was written. */
    public byte[] yaml() {
        return yaml.clone();
    }

    /** The same as JSON. */
    public String json() {
        return document.toString();
    }

    public JsonNode document() {
        return document;
    }

    public Schemas schemas() {
        return schemas;
    }

    public Collection<Operation> operations() {
        return List.copyOf(operations.values());
    }

    /**
     * @param method in lower case
     * @param path with its parameters in braces
     */
    public Optional<Operation> operation(String method, String path) {
        return Optional.ofNullable(operations.get(key(method, path)));
    }

    private static String key(String method, String path) {
        return method + " " + path;
    }

    private Operation operation(String method, String path, JsonNode node, JsonNode item) {
        List<Operation.Parameter> parameters = new ArrayList<>();
        for (JsonNode owner : List.of(item, node)) {
            for (JsonNode parameter : owner.path("parameters")) {
                parameters.add(parameter(schemas.resolved(parameter)));
            }
        }
        Optional<JsonNode> body = Optional.ofNullable(node.get("requestBody")).map(schemas::resolved);
        return new Operation(
                node.path("operationId").asString(""),
                method,
                path,
                node.path("x-role").asString(""),
                parameters,
                node.path("x-open-parameters").asBoolean(false),
                body.map(b -> b.path("content").path("application/json").path("schema")),
                body.map(b -> b.path("required").asBoolean(false)).orElse(false),
                node.path("responses"));
    }

    private static Operation.Parameter parameter(JsonNode node) {
        return new Operation.Parameter(
                node.get("name").asString(),
                node.get("in").asString(),
                node.path("required").asBoolean(false),
                node.get("schema"));
    }
}
