package dev.holdfast.cli;

import dev.holdfast.control.operation.RunListener;
import dev.holdfast.control.operation.Step;
import dev.holdfast.engine.source.Progress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Tells a listener of this machine what work elsewhere says of itself. For one thread. */
final class Following {
    private final RunListener listener;
    private @Nullable Step step;
    private Progress progress = Progress.NONE;
    private long entries;
    private long bytes;
    private long expectedEntries;
    private long expectedBytes;

    Following(RunListener listener) {
        this.listener = listener;
    }

    /** An event of a run. */
    void hear(JsonNode event) {
        Optional<Step> about = step(event);
        switch (event.path("event").asString("")) {
            case "step" ->
                about.ifPresent(some -> {
                    if (!event.path("ended").asBoolean(false)) {
                        begin(some);
                    } else if (some.equals(step)) {
                        advance(event);
                        end();
                    }
                });
            // that of a step that has ended may come late
            case "progress" -> about.filter(some -> some.equals(step)).ifPresent(_ -> advance(event.path("progress")));
            default -> {}
        }
    }

    /** How far it has come. */
    void tell(JsonNode told) {
        step(told).ifPresent(now -> {
            if (!now.equals(step)) {
                end();
                begin(now);
            }
            advance(told);
        });
    }

    private void advance(JsonNode told) {
        long allEntries = told.path("expectedEntries").asLong(0);
        long allBytes = told.path("expectedBytes").asLong(0);
        progress.expect(Math.max(0, allEntries - expectedEntries), Math.max(0, allBytes - expectedBytes));
        expectedEntries = Math.max(expectedEntries, allEntries);
        expectedBytes = Math.max(expectedBytes, allBytes);
        long doneEntries = told.path("entries").asLong(0);
        long doneBytes = told.path("bytes").asLong(0);
        progress.advance(Math.max(0, doneEntries - entries), Math.max(0, doneBytes - bytes));
        entries = Math.max(entries, doneEntries);
        bytes = Math.max(bytes, doneBytes);
    }

    private void begin(Step now) {
        step = now;
        progress = listener.began(now);
        entries = 0;
        bytes = 0;
        expectedEntries = 0;
        expectedBytes = 0;
    }

    /** The step that began last has done its work. */
    void end() {
        if (step != null) {
            listener.ended(step);
        }
        step = null;
    }

    private static Optional<Step> step(JsonNode told) {
        String label = told.path("phase").asString("");
        for (Step.Phase phase : Step.Phase.values()) {
            if (phase.name().equalsIgnoreCase(label)) {
                return Optional.of(new Step(phase, told.path("subject").asString("")));
            }
        }
        return Optional.empty();
    }
}
