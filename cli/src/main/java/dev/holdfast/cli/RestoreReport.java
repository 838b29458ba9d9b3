package dev.holdfast.cli;

import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.RestoreResult.Outcome;
import dev.holdfast.control.operation.RestoreResult.PartOutcome;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Finding;
import java.util.List;
import java.util.Optional;

record RestoreReport(RestoreResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public String problem() {
        return result.parts().stream()
                .filter(part -> part.outcome() instanceof Outcome.NotRestored)
                .findFirst()
                .map(part -> "part '" + part.part().name() + "' was not restored: "
                        + result.failure().map(Throwable::getMessage).orElse(""))
                .orElse("");
    }

    @Override
    public String hint() {
        return result.failure().map(HoldfastException::hint).orElse("");
    }

    @Override
    public void text(Page page) {
        page.heading("Snapshot " + result.snapshot().id() + " of stack '"
                + result.snapshot().stack() + "', "
                + page.time(result.snapshot().began()));
        Table table = new Table("PART", "KIND", ">ENTRIES", ">SIZE", ">TIME", "RESULT", "TARGET");
        result.parts().forEach(part -> row(table, part));
        page.table(table).blank();
        result.parts().forEach(part -> page.findings(findings(part)));
        page.findings(result.findings());
        String took = Format.duration(result.took());
        if (concern().isEmpty()) {
            page.good("Restored " + Format.count(result.parts().size(), "part", "parts") + " in " + took);
        } else if (result.failure().isEmpty()) {
            page.warn("Restored in " + took + ", but somebody should look at the findings.");
        }
    }

    private static void row(Table table, PartOutcome part) {
        String name = part.part().name();
        String kind = part.part().kind();
        switch (part.outcome()) {
            case Outcome.Restored restored ->
                table.row(
                        name,
                        kind,
                        Format.count(restored.report().entries()),
                        Format.bytes(restored.report().bytes()),
                        Format.duration(restored.took()),
                        "restored",
                        part.target());
            case Outcome.NotRestored _ -> table.row(name, kind, "", "", "", "FAILED", part.target());
            case Outcome.NotBegun _ -> table.row(name, kind, "", "", "", "not begun", part.target());
        }
    }

    private static List<Finding> findings(PartOutcome part) {
        return part.outcome() instanceof Outcome.Restored restored
                ? restored.report().findings()
                : List.of();
    }

    @Override
    public void json(Json json) {
        json.field("snapshot", result.snapshot().id().text())
                .field("stack", result.snapshot().stack())
                .objects("parts", result.parts(), (PartOutcome part) -> part(json, part))
                .field("seconds", Format.seconds(result.took()))
                .findings(result.findings());
    }

    private static void part(Json json, PartOutcome part) {
        json.field("name", part.part().name()).field("kind", part.part().kind()).field("target", part.target());
        switch (part.outcome()) {
            case Outcome.Restored restored ->
                json.field("state", "restored")
                        .field("entries", restored.report().entries())
                        .field("bytes", restored.report().bytes())
                        .field("seconds", Format.seconds(restored.took()));
            case Outcome.NotRestored _ -> json.field("state", "failed");
            case Outcome.NotBegun _ -> json.field("state", "not-begun");
        }
        json.findings(findings(part));
    }
}
