package dev.holdfast.cli;

import dev.holdfast.control.operation.RetentionResult;
import dev.holdfast.control.retention.RetentionPlan.Decision;
import dev.holdfast.control.retention.RetentionPlan.Reason;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;
import java.util.stream.Collectors;

record RetentionReport(RetentionResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public void text(Page page) {
        if (result.plan().decisions().isEmpty()) {
            page.line("There are no snapshots yet.");
            return;
        }
        Table table = new Table("SNAPSHOT", "TIME", "", "WHY");
        result.plan()
                .decisions()
                .forEach(decision -> table.row(
                        decision.snapshot().id().text(),
                        page.time(decision.snapshot().began()),
                        decision.isKept() ? "kept" : result.dryRun() ? "would go" : "given up",
                        why(decision)));
        page.table(table).blank();
        page.line(Format.count(result.plan().kept().size(), "snapshot", "snapshots") + " kept, "
                + Format.count(result.plan().removed().size())
                + (result.dryRun() ? " would be given up." : " given up."));
        page.destinations(result.destinations());
    }

    private static String why(Decision decision) {
        return decision.reasons().stream().map(Reason::toString).collect(Collectors.joining(", "));
    }

    @Override
    public void json(Json json) {
        json.field("dryRun", result.dryRun())
                .field("kept", result.plan().kept().size())
                .field("removed", result.plan().removed().size())
                .field("left", result.left())
                .objects(
                        "snapshots",
                        result.plan().decisions(),
                        (Decision decision) -> json.field(
                                        "id", decision.snapshot().id().text())
                                .field("time", decision.snapshot().began().toString())
                                .field("kept", decision.isKept())
                                .texts(
                                        "why",
                                        decision.reasons().stream()
                                                .map(Reason::toString)
                                                .toList()))
                .destinations(result.destinations());
    }
}
