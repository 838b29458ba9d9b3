package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How a command ended and what it said. */
record Outcome(String command, int exit, String out, String err, double seconds) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Everything, for a failed assertion. */
    @Override
    public String toString() {
        return "%s ended with %d after %.1f s%n--- stdout%n%s%n--- stderr%n%s"
                .formatted(command, exit, seconds, out, err);
    }

    Outcome succeeded() {
        return exited(0);
    }

    Outcome exited(int expected) {
        assertThat(exit).as(toString()).isEqualTo(expected);
        return this;
    }

    /** Done, but somebody should look: the exit code of findings. */
    Outcome degraded() {
        return exited(ErrorCode.FINDINGS.number());
    }

    /** Ended with this code, told on both streams, with a hint, and not as a fault of Holdfast. */
    Outcome failed(ErrorCode code) {
        exited(code.number());
        assertThat(err).as(toString()).contains("error: ").doesNotContain("Exception", "\tat ");
        if (out.startsWith("{")) {
            assertThat(json().at("/ok").asBoolean(true)).as(toString()).isFalse();
            assertThat(json().at("/error/code").asString()).as(toString()).isEqualTo(code.label());
            assertThat(json().at("/error/number").asInt()).as(toString()).isEqualTo(code.number());
        }
        return this;
    }

    /** What was said has all of this in it. */
    Outcome saying(String... parts) {
        assertThat(err).as(toString()).contains(parts);
        return this;
    }

    /** There is a hint, and it has this in it. */
    Outcome hinting(String part) {
        assertThat(err.lines().filter(line -> line.startsWith("HINT: ")))
                .as(toString())
                .anyMatch(line -> line.contains(part));
        return this;
    }

    /** The document of {@code --json}. */
    JsonNode json() {
        try {
            return JSON.readTree(out);
        } catch (RuntimeException e) {
            throw new AssertionError("no JSON document: " + this, e);
        }
    }

    /** The element of an array whose {@code name} is this. */
    JsonNode named(String array, String name) {
        for (JsonNode element : json().path(array)) {
            if (element.path("name").asString().equals(name)) {
                return element;
            }
        }
        throw new AssertionError("no '" + name + "' in '" + array + "': " + this);
    }

    String text(String field) {
        JsonNode value = json().path(field);
        assertThat(value.isMissingNode())
                .as("'" + field + "' is missing: " + this)
                .isFalse();
        return value.asString();
    }

    long number(String field) {
        JsonNode value = json().path(field);
        assertThat(value.isNumber()).as("'" + field + "' is no number: " + this).isTrue();
        return value.asLong();
    }

    /** One text field of every element of an array. */
    List<String> texts(String array, String field) {
        List<String> texts = new ArrayList<>();
        json().path(array).forEach(element -> texts.add(element.path(field).asString()));
        return texts;
    }
}
