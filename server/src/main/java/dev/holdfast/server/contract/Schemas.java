package dev.holdfast.server.contract;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.StringNode;

/**
 * Compares values with the schemas of the contract: the part of JSON Schema (2020-12) that it uses. A keyword that is not
 * known here fails the contract's own test, so nothing is silently left unchecked. Safe for many threads.
 */
public final class Schemas {
    private static final int MAX_MISMATCHES = 20;
    private static final int SHOWN = 60;

    private final JsonNode document;
    private final Map<String, Pattern> patterns = new ConcurrentHashMap<>();

    Schemas(JsonNode document) {
        this.document = document;
    }

    /** The node itself, or what it refers to. */
    public JsonNode resolved(JsonNode node) {
        JsonNode reference = node.get("$ref");
        return reference == null
                ? node
                : resolved(document.at(reference.asString().substring(1)));
    }

    /** All places where a value does not fit, at most 20; empty if it does. */
    public List<Mismatch> check(JsonNode schema, JsonNode value, String at) {
        List<Mismatch> found = new ArrayList<>();
        check(schema, value, at, found);
        return found.size() > MAX_MISMATCHES ? found.subList(0, MAX_MISMATCHES) : found;
    }

    /**
     * A parameter's text as the value that its schema means; the text itself if it is no such value, which {@link #check} then
     * says.
     */
    public JsonNode parsed(JsonNode schema, String text) {
        JsonNode resolved = resolved(schema);
        return switch (resolved.path("type").asString("string")) {
            case "integer", "number" ->
                text.matches("-?\\d{1,18}(\\.\\d{1,9})?")
                        ? DecimalNode.valueOf(new BigDecimal(text))
                        : StringNode.valueOf(text);
            case "boolean" ->
                Set.of("true", "false").contains(text)
                        ? BooleanNode.valueOf(Boolean.parseBoolean(text))
                        : StringNode.valueOf(text);
            default -> StringNode.valueOf(text);
        };
    }

    /** Several texts of a parameter that may come more than once. */
    public JsonNode parsed(JsonNode schema, List<String> texts) {
        JsonNode items = resolved(resolved(schema).get("items"));
        return JsonNodeFactory.instance
                .arrayNode()
                .addAll(texts.stream().map(text -> parsed(items, text)).toList());
    }

    private void check(JsonNode reference, JsonNode value, String at, List<Mismatch> found) {
        JsonNode schema = resolved(reference);
        for (JsonNode part : schema.path("allOf")) {
            check(part, value, at, found);
        }
        alternatives(schema, value, at, found);
        if (!fitsType(schema, value)) {
            found.add(new Mismatch(at, "expected " + types(schema) + ", found " + shown(value)));
            return;
        }
        constant(schema, value, at, found);
        switch (value.getNodeType()) {
            case STRING -> text(schema, value.asString(), at, found);
            case NUMBER -> number(schema, value.decimalValue(), at, found);
            case ARRAY -> array(schema, value, at, found);
            case OBJECT -> object(schema, value, at, found);
            case BOOLEAN, NULL, MISSING, BINARY, POJO -> {}
        }
    }

    private void alternatives(JsonNode schema, JsonNode value, String at, List<Mismatch> found) {
        JsonNode alternatives = schema.path("anyOf");
        if (alternatives.isEmpty()) {
            return;
        }
        List<Mismatch> last = List.of();
        for (JsonNode one : alternatives) {
            last = check(one, value, at);
            if (last.isEmpty()) {
                return;
            }
        }
        found.addAll(last);
    }

    private static boolean fitsType(JsonNode schema, JsonNode value) {
        List<String> allowed = allowed(schema);
        return allowed.isEmpty() || allowed.stream().anyMatch(type -> is(type, value));
    }

    private static List<String> allowed(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray()
                ? type.valueStream().map(JsonNode::asString).toList()
                : type.isString() ? List.of(type.asString()) : List.of();
    }

    private static String types(JsonNode schema) {
        return String.join(" or ", allowed(schema));
    }

    private static boolean is(String type, JsonNode value) {
        return switch (type) {
            case "string" -> value.isString();
            case "integer" -> value.isNumber() && isWhole(value.decimalValue());
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            case "null" -> value.isNull();
            default -> throw new IllegalStateException("unknown type '" + type + "' in the contract");
        };
    }

    private static boolean isWhole(BigDecimal number) {
        return number.precision() - number.scale() < 20
                && number.stripTrailingZeros().scale() <= 0;
    }

    private static void constant(JsonNode schema, JsonNode value, String at, List<Mismatch> found) {
        JsonNode allowed = schema.path("enum");
        if (!allowed.isEmpty() && allowed.valueStream().noneMatch(value::equals)) {
            found.add(new Mismatch(
                    at,
                    "expected one of "
                            + allowed.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
                            + "; found " + shown(value)));
        }
    }

    private void text(JsonNode schema, String text, String at, List<Mismatch> found) {
        int length = text.codePointCount(0, text.length());
        limit(length < schema.path("minLength").asInt(0), at, "expected more characters than " + length, found);
        limit(
                length > schema.path("maxLength").asInt(Integer.MAX_VALUE),
                at,
                "expected at most " + schema.path("maxLength").asInt(0) + " characters, found " + length,
                found);
        limit(isUnwritable(text), at, "has a character that no text has: NUL, or half of a pair", found);
        Optional.ofNullable(schema.get("pattern"))
                .map(JsonNode::asString)
                .filter(pattern -> !patterns.computeIfAbsent(pattern, Pattern::compile)
                        .matcher(text)
                        .find())
                .ifPresent(pattern -> found.add(new Mismatch(at, "expected " + pattern + ", found " + quoted(text))));
        if (schema.path("format").asString("").equals("date-time") && !isTime(text)) {
            found.add(new Mismatch(at, "expected a time like 2026-01-31T02:00:00Z, found " + quoted(text)));
        }
    }

    private static boolean isUnwritable(String text) {
        return text.codePoints()
                .anyMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }

    private static boolean isTime(String text) {
        try {
            long millis = Instant.parse(text).toEpochMilli();
            return millis >= 0 && millis < 253_402_300_800_000L;
        } catch (DateTimeParseException | ArithmeticException e) {
            return false;
        }
    }

    private static void number(JsonNode schema, BigDecimal number, String at, List<Mismatch> found) {
        Optional.ofNullable(schema.get("minimum"))
                .filter(least -> number.compareTo(least.decimalValue()) < 0)
                .ifPresent(least ->
                        found.add(new Mismatch(at, "expected at least " + least.asString() + ", found " + number)));
        Optional.ofNullable(schema.get("maximum"))
                .filter(most -> number.compareTo(most.decimalValue()) > 0)
                .ifPresent(most ->
                        found.add(new Mismatch(at, "expected at most " + most.asString() + ", found " + number)));
    }

    private void array(JsonNode schema, JsonNode array, String at, List<Mismatch> found) {
        limit(
                array.size() < schema.path("minItems").asInt(0),
                at,
                "expected at least " + schema.path("minItems").asInt(0) + " elements, found " + array.size(),
                found);
        limit(
                array.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE),
                at,
                "expected at most " + schema.path("maxItems").asInt(0) + " elements, found " + array.size(),
                found);
        JsonNode items = schema.get("items");
        for (int i = 0; items != null && i < array.size() && found.size() < MAX_MISMATCHES; i++) {
            check(items, array.get(i), at + "/" + i, found);
        }
    }

    private void object(JsonNode schema, JsonNode object, String at, List<Mismatch> found) {
        for (JsonNode required : schema.path("required")) {
            limit(!object.has(required.asString()), at + "/" + required.asString(), "is needed and not given", found);
        }
        limit(
                object.size() > schema.path("maxProperties").asInt(Integer.MAX_VALUE),
                at,
                "has more than " + schema.path("maxProperties").asInt(0) + " fields",
                found);
        JsonNode properties = schema.path("properties");
        JsonNode others = schema.get("additionalProperties");
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (found.size() > MAX_MISMATCHES) {
                return;
            }
            field(properties, others, field, at, found);
        }
    }

    private void field(
            JsonNode properties,
            @Nullable JsonNode others,
            Map.Entry<String, JsonNode> field,
            String at,
            List<Mismatch> found) {
        boolean unwritable = isUnwritable(field.getKey());
        String place = at + "/" + (unwritable || field.getKey().length() > SHOWN ? "…" : field.getKey());
        limit(unwritable, at, "has a field with a character that no text has", found);
        JsonNode known = properties.get(field.getKey());
        if (known != null) {
            check(known, field.getValue(), place, found);
        } else if (others != null && others.isObject()) {
            check(others, field.getValue(), place, found);
        } else if (others != null && others.isBoolean() && !others.booleanValue()) {
            found.add(new Mismatch(place, "is not known; known are " + names(properties)));
        }
    }

    private static String names(JsonNode properties) {
        Set<String> names = new HashSet<>();
        properties.properties().forEach(property -> names.add(property.getKey()));
        return names.stream().sorted().collect(Collectors.joining(", "));
    }

    private static void limit(boolean broken, String at, String message, List<Mismatch> found) {
        if (broken) {
            found.add(new Mismatch(at, message));
        }
    }

    private static String shown(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> quoted(value.asString());
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case NULL, MISSING -> "nothing";
            case NUMBER, BOOLEAN, BINARY, POJO -> quoted(value.toString());
        };
    }

    private static String quoted(String text) {
        String plain = text.replaceAll("\\p{C}", "?");
        return "'" + (plain.length() > SHOWN ? plain.substring(0, SHOWN) + "…" : plain) + "'";
    }
}
