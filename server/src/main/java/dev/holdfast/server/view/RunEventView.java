package dev.holdfast.server.view;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.holdfast.control.run.RunEvent;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that happened to a run.
 *
 * @param event what kind of thing
 * @param what its own fields, which stand beside the others
 */
public record RunEventView(
        long sequence,
        String run,
        String stack,
        Instant at,
        String event,
        @JsonUnwrapped What what) {
    /** What is told of each kind of event. */
    public sealed interface What {
        /** The run is in that state now. */
        record InState(String state, Optional<String> waitingFor, Optional<FailureView> error) implements What {}

        /** A step begins or ends. */
        record Step(String phase, Optional<String> subject, boolean ended, Optional<Long> entries, Optional<Long> bytes)
                implements What {}

        /** How far a step is. */
        record Progress(String phase, Optional<String> subject, ProgressView progress) implements What {}

        /** Something that somebody should know. */
        record Finding(Optional<String> subject, String message) implements What {}

        /** A line of the log. */
        record Line(String message) implements What {}
    }

    public static RunEventView of(RunEvent event) {
        return switch (event.body()) {
            case RunEvent.State state ->
                view(
                        event,
                        "state",
                        new What.InState(
                                state.state().label(),
                                filled(state.waitingFor()),
                                state.error().map(FailureView::of)));
            case RunEvent.Stepped step -> view(event, "step", step(step));
            case RunEvent.Progressed progressed -> view(event, "progress", progress(progressed));
            case RunEvent.Found found ->
                view(event, "finding", new What.Finding(filled(found.subject()), found.message()));
            case RunEvent.Line line -> view(event, "line", new What.Line(line.text()));
        };
    }

    private static What step(RunEvent.Stepped step) {
        return new What.Step(
                step.phase().name().toLowerCase(Locale.ROOT),
                filled(step.subject()),
                step.ended(),
                Optional.of(step.entries()).filter(_ -> step.ended()),
                Optional.of(step.bytes()).filter(_ -> step.ended()));
    }

    private static What progress(RunEvent.Progressed progressed) {
        ProgressView now = ProgressView.of(progressed.progress());
        return new What.Progress(now.phase(), filled(progressed.progress().subject()), now);
    }

    private static Optional<String> filled(String text) {
        return Optional.of(text).filter(some -> !some.isEmpty());
    }

    private static RunEventView view(RunEvent event, String name, What what) {
        return new RunEventView(event.sequence(), event.run().text(), event.stack(), event.at(), name, what);
    }
}
