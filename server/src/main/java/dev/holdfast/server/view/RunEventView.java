package dev.holdfast.server.view;

import dev.holdfast.control.run.RunEvent;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Something that happened to a run. */
public record RunEventView(
        long sequence,
        String run,
        String stack,
        Instant at,
        String event,
        Optional<String> state,
        Optional<String> waitingFor,
        Optional<FailureView> error,
        Optional<String> phase,
        Optional<String> subject,
        Optional<Boolean> ended,
        Optional<ProgressView> progress,
        Optional<String> message) {
    public static RunEventView of(RunEvent event) {
        return switch (event.body()) {
            case RunEvent.State state ->
                new RunEventView(
                        event.sequence(),
                        event.run().text(),
                        event.stack(),
                        event.at(),
                        "state",
                        Optional.of(state.state().label()),
                        Optional.of(state.waitingFor()).filter(text -> !text.isEmpty()),
                        state.error().map(FailureView::of),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
            case RunEvent.Stepped step ->
                about(event, "step", Optional.of(step.phase().name().toLowerCase(Locale.ROOT)), step.subject())
                        .withEnded(step.ended());
            case RunEvent.Progressed progressed ->
                about(event, "progress", Optional.empty(), progressed.progress().subject())
                        .withProgress(ProgressView.of(progressed.progress()));
            case RunEvent.Found found ->
                about(event, "finding", Optional.empty(), found.subject()).withMessage(found.message());
            case RunEvent.Line line ->
                about(event, "line", Optional.empty(), "").withMessage(line.text());
        };
    }

    private static RunEventView about(RunEvent event, String name, Optional<String> phase, String subject) {
        return new RunEventView(
                event.sequence(),
                event.run().text(),
                event.stack(),
                event.at(),
                name,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                phase,
                Optional.of(subject).filter(text -> !text.isEmpty()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private RunEventView withEnded(boolean end) {
        return new RunEventView(
                sequence,
                run,
                stack,
                at,
                event,
                state,
                waitingFor,
                error,
                phase,
                subject,
                Optional.of(end),
                progress,
                message);
    }

    private RunEventView withProgress(ProgressView now) {
        return new RunEventView(
                sequence,
                run,
                stack,
                at,
                event,
                state,
                waitingFor,
                error,
                Optional.of(now.phase()),
                subject,
                ended,
                Optional.of(now),
                message);
    }

    private RunEventView withMessage(String text) {
        return new RunEventView(
                sequence,
                run,
                stack,
                at,
                event,
                state,
                waitingFor,
                error,
                phase,
                subject,
                ended,
                progress,
                Optional.of(text));
    }
}
