package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.contract.Contract;
import dev.holdfast.server.contract.Operation;
import dev.holdfast.server.http.Route;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ContractTest {
    private static final Set<String> KNOWN_KEYWORDS = Set.of(
            "$ref",
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "pattern",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "minItems",
            "maxItems",
            "maxProperties",
            "format",
            "default",
            "description");

    private final Contract contract = Contract.load();

    @Test
    void every_route_is_in_the_contract_with_its_role_and_every_operation_has_a_route(@TempDir Path folder)
            throws IOException {
        try (TestServer server = new TestServer(folder)) {
            assertThat(server.server.routes().stream()
                            .map(ContractTest::line)
                            .sorted()
                            .toList())
                    .isEqualTo(contract.operations().stream()
                            .map(operation -> operation.method() + " " + operation.path() + " " + operation.role())
                            .sorted()
                            .toList());
        }
    }

    private static String line(Route route) {
        return route.method().label() + " " + route.path() + " "
                + route.access().label();
    }

    @Test
    void every_operation_has_a_name_of_its_own_a_tag_and_a_way_to_fail() {
        List<String> names = contract.operations().stream().map(Operation::id).toList();
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z][A-Za-z]+"));
        Set<String> tags = contract.document()
                .get("tags")
                .valueStream()
                .map(tag -> tag.get("name").asString())
                .collect(Collectors.toSet());
        for (Operation operation : contract.operations()) {
            JsonNode node =
                    contract.document().get("paths").get(operation.path()).get(operation.method());
            assertThat(tags).contains(node.get("tags").get(0).asString());
            assertThat(operation.responses().has("default")).as(operation.id()).isTrue();
        }
    }

    @Test
    void every_parameter_of_a_path_is_described() {
        for (Operation operation : contract.operations()) {
            Set<String> inPath = new HashSet<>();
            Pattern.compile("\\{([^}]*)}")
                    .matcher(operation.path())
                    .results()
                    .forEach(found -> inPath.add(found.group(1)));
            assertThat(operation.parametersIn("path").stream()
                            .map(Operation.Parameter::name)
                            .collect(Collectors.toSet()))
                    .as(operation.id())
                    .isEqualTo(inPath);
        }
    }

    @Test
    void every_reference_leads_somewhere_and_every_schema_is_used() {
        List<String> references = new ArrayList<>();
        collect(contract.document(), references);
        assertThat(references)
                .allSatisfy(reference -> assertThat(
                                contract.document().at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        contract.document().at("/components/schemas").properties().forEach(schema -> {
            if (!schema.getKey().equals("RunEvent")) {
                assertThat(references).contains("#/components/schemas/" + schema.getKey());
            }
        });
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.has("$ref")) {
            references.add(node.get("$ref").asString());
        }
        node.forEach(child -> collect(child, references));
    }

    @Test
    void the_contract_uses_no_keyword_that_would_not_be_checked() {
        contract.document()
                .at("/components/schemas")
                .properties()
                .forEach(schema -> requireKnown(schema.getKey(), schema.getValue()));
        for (Operation operation : contract.operations()) {
            operation.parameters().forEach(parameter -> requireKnown(operation.id(), parameter.schema()));
        }
    }

    private static void requireKnown(String where, JsonNode schema) {
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            assertThat(KNOWN_KEYWORDS).as(where).contains(keyword.getKey());
        }
        schema.path("properties").forEach(property -> requireKnown(where, property));
        if (schema.path("items").isObject()) {
            requireKnown(where, schema.get("items"));
        }
        if (schema.path("additionalProperties").isObject()) {
            requireKnown(where, schema.get("additionalProperties"));
        }
    }

    @Test
    void every_body_that_comes_in_is_closed_and_bounded() {
        for (Operation operation : contract.operations()) {
            operation.body().ifPresent(body -> requireBounded(operation.id(), body));
        }
    }

    private void requireBounded(String where, JsonNode reference) {
        JsonNode schema = contract.schemas().resolved(reference);
        switch (schema.path("type").asString("")) {
            case "object" -> {
                assertThat(schema.has("additionalProperties")).as(where).isTrue();
                schema.path("properties")
                        .properties()
                        .forEach(p -> requireBounded(where + "/" + p.getKey(), p.getValue()));
                if (schema.get("additionalProperties").isObject()) {
                    assertThat(schema.has("maxProperties")).as(where).isTrue();
                    requireBounded(where, schema.get("additionalProperties"));
                }
            }
            case "array" -> {
                assertThat(schema.has("maxItems")).as(where).isTrue();
                requireBounded(where, schema.get("items"));
            }
            case "string" ->
                assertThat(schema.has("maxLength")
                                || schema.has("enum")
                                || schema.has("format")
                                || schema.path("pattern").asString("").endsWith("$"))
                        .as(where)
                        .isTrue();
            case "integer" ->
                assertThat(schema.has("maximum") && schema.has("minimum"))
                        .as(where)
                        .isTrue();
            default -> assertThat(schema.path("type").asString("")).as(where).isEqualTo("boolean");
        }
    }
}
