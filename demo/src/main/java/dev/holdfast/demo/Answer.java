package dev.holdfast.demo;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a command answered with {@code --json}; a field that should be there and is not fails the step. */
record Answer(DemoStep step, String command, JsonNode json) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Reads the document of a command that claims success. */
    static Answer parse(DemoStep step, String command, String document) {
        try {
            return new Answer(step, command, MAPPER.readTree(document));
        } catch (JacksonException e) {
            throw new StepFailed(
                    step,
                    "'%s' answered with something that is not one JSON document: %s"
                            .formatted(command, document.isBlank() ? "(nothing)" : document.strip()),
                    e);
        }
    }

    boolean flag(String field) {
        return need(field).asBoolean(false);
    }

    long number(String field) {
        JsonNode value = need(field);
        if (!value.isNumber()) {
            throw wrong("expected a number in '%s', found %s".formatted(field, value));
        }
        return value.asLong();
    }

    double decimal(String field) {
        number(field);
        return need(field).asDouble();
    }

    String text(String field) {
        return need(field).asString();
    }

    boolean has(String field) {
        return json.hasNonNull(field);
    }

    List<Answer> list(String field) {
        List<Answer> elements = new ArrayList<>();
        for (JsonNode element : need(field)) {
            elements.add(new Answer(step, command, element));
        }
        return elements;
    }

    /** The one element of a list whose {@code name} is the given one. */
    Answer named(String field, String name) {
        return list(field).stream()
                .filter(element -> element.text("name").equals(name))
                .findFirst()
                .orElseThrow(() -> wrong("'%s' has nothing named '%s'".formatted(field, name)));
    }

    StepFailed wrong(String what) {
        return new StepFailed(
                step, "the answer of '%s' is not what it should be: %s%n%s".formatted(command, what, json));
    }

    private JsonNode need(String field) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull()) {
            throw wrong("there is no '%s'".formatted(field));
        }
        return value;
    }
}
