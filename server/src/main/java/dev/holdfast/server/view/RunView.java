package dev.holdfast.server.view;

import dev.holdfast.control.run.RunId;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.engine.repository.SnapshotId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A run as it stands. */
public record RunView(
        String id,
        String stack,
        String kind,
        String state,
        String trigger,
        String actor,
        Instant requested,
        Optional<Instant> due,
        Instant notBefore,
        Optional<Instant> began,
        Optional<Instant> ended,
        Optional<Double> seconds,
        String waitingFor,
        int attempt,
        Optional<String> first,
        Optional<FailureView> error,
        Optional<JsonNode> result,
        Optional<String> snapshot,
        long bytesRead,
        long bytesStored,
        Optional<ProgressView> progress,
        String server,
        boolean cancelRequested) {
    /** With everything. */
    public static RunView of(RunRecord run) {
        return of(run, run.result().map(JsonMapper.shared()::readTree));
    }

    /** As lists show it: without what it did in detail. */
    public static RunView brief(RunRecord run) {
        return of(run, Optional.empty());
    }

    private static RunView of(RunRecord run, Optional<JsonNode> result) {
        return new RunView(
                run.id().text(),
                run.stack(),
                run.kind().label(),
                run.state().label(),
                run.trigger().label(),
                run.actor(),
                run.requested(),
                run.due(),
                run.notBefore(),
                run.began(),
                run.ended(),
                run.took().map(RunView::seconds),
                run.waitingFor(),
                run.attempt(),
                run.first().map(RunId::text),
                run.error().map(FailureView::of),
                result,
                run.snapshot().map(SnapshotId::text),
                run.bytesRead(),
                run.bytesStored(),
                run.progress().map(ProgressView::of),
                run.server(),
                run.cancelRequested());
    }

    private static double seconds(Duration took) {
        return took.toMillis() / 1000.0;
    }
}
