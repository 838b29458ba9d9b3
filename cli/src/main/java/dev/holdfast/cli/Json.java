package dev.holdfast.cli;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.source.Finding;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One JSON document, written as it comes; the same for one thread. */
final class Json implements AutoCloseable {
    private final PrintStream out;
    private final JsonGenerator generator;

    /** Begins the document of a command. */
    Json(PrintStream out, String command) {
        this.out = out;
        this.generator = JsonFactory.builder()
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build()
                .createGenerator(ObjectWriteContext.empty(), out);
        generator.writeStartObject();
        field("command", command);
    }

    Json field(String name, String value) {
        generator.writeStringProperty(name, value);
        return this;
    }

    Json field(String name, long value) {
        generator.writeNumberProperty(name, value);
        return this;
    }

    Json field(String name, double value) {
        generator.writeNumberProperty(name, value);
        return this;
    }

    Json field(String name, boolean value) {
        generator.writeBooleanProperty(name, value);
        return this;
    }

    Json object(String name, Runnable fields) {
        generator.writeObjectPropertyStart(name);
        fields.run();
        generator.writeEndObject();
        return this;
    }

    /** An array of objects. */
    <T> Json objects(String name, List<? extends T> items, Consumer<T> fields) {
        beginObjects(name);
        items.forEach(item -> object(() -> fields.accept(item)));
        return endObjects();
    }

    Json beginObjects(String name) {
        generator.writeArrayPropertyStart(name);
        return this;
    }

    Json object(Runnable fields) {
        generator.writeStartObject();
        fields.run();
        generator.writeEndObject();
        return this;
    }

    Json endObjects() {
        generator.writeEndArray();
        return this;
    }

    Json texts(String name, List<String> values) {
        generator.writeArrayPropertyStart(name);
        values.forEach(generator::writeString);
        generator.writeEndArray();
        return this;
    }

    /** A document that somebody else wrote, as it is. */
    Json document(String name, JsonNode value) {
        generator.writeName(name);
        generator.writeRawValue(JsonMapper.shared().writeValueAsString(value));
        return this;
    }

    Json destinations(List<DestinationState> destinations) {
        return objects(
                "destinations",
                destinations,
                (DestinationState state) -> field("name", state.name())
                        .field("location", state.location())
                        .field("state", state.level() ? "complete" : "behind")
                        .field("reason", state.reason()));
    }

    Json findings(List<Finding> findings) {
        return findings("findings", findings);
    }

    Json findings(String name, List<Finding> findings) {
        return objects(
                name,
                findings,
                (Finding finding) -> field("subject", finding.subject()).field("message", finding.message()));
    }

    Json error(ErrorCode code, String message, String hint) {
        return object(
                "error",
                () -> field("code", code.label())
                        .field("number", code.number())
                        .field("message", message)
                        .field("hint", hint));
    }

    /** Ends the document. */
    @Override
    public void close() {
        generator.writeEndObject();
        generator.close();
        out.println();
        out.flush();
    }
}
