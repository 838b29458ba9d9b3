package dev.holdfast.cli;

import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.RestoreResult.Outcome;
import dev.holdfast.control.operation.RestoreResult.PartOutcome;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.RestorePlan;
import java.util.List;
import java.util.Optional;

record RestoreReport(RestoreResult result) implements Report {
    private static final int SHOWN_ITEMS = 10;

    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public String problem() {
        if (!result.obstacles().isEmpty()) {
            return "the restore cannot be done: "
                    + result.obstacles().getFirst().getMessage();
        }
        return result.parts().stream()
                .filter(part -> part.outcome() instanceof Outcome.NotRestored)
                .findFirst()
                .map(part -> "part '" + part.part().name() + "' was not restored: "
                        + result.failure().map(Throwable::getMessage).orElse(""))
                .orElse("");
    }

    @Override
    public String hint() {
        return result.failure()
                .or(() -> result.obstacles().stream().findFirst())
                .map(HoldfastException::hint)
                .orElse("");
    }

    private boolean planned() {
        return result.parts().stream().anyMatch(part -> part.outcome() instanceof Outcome.Planned);
    }

    @Override
    public void text(Page page) {
        page.heading("Snapshot " + result.snapshot().id() + " of stack '"
                + result.snapshot().stack() + "', "
                + page.time(result.snapshot().began()));
        if (planned()) {
            result.parts().forEach(part -> plan(page, part));
            page.findings(result.findings());
            if (concern().isEmpty()) {
                page.good("Nothing was changed. The restore would work.");
            } else if (result.obstacles().isEmpty()) {
                page.warn("Nothing was changed. The restore would work, but see the findings.");
            }
            return;
        }
        Table table = new Table("PART", "KIND", ">ENTRIES", ">SIZE", ">TIME", "RESULT", "TARGET");
        result.parts().forEach(part -> row(table, part));
        page.table(table).blank();
        result.parts().forEach(part -> notes(part).forEach(page::line));
        result.parts().forEach(part -> page.findings(findings(part)));
        page.findings(result.findings());
        String took = Format.duration(result.took());
        if (concern().isEmpty()) {
            page.good("Restored " + Format.count(result.parts().size(), "part", "parts") + " in " + took);
        } else if (result.failure().isEmpty()) {
            page.warn("Restored in " + took + ", but somebody should look at the findings.");
        }
    }

    private static void plan(Page page, PartOutcome part) {
        if (part.outcome() instanceof Outcome.Planned(RestorePlan plan)) {
            page.blank()
                    .heading("Part '" + part.part().name() + "' (" + part.part().kind() + ") to " + part.target());
            plan.steps().forEach(step -> page.line("  " + step));
            plan.losses().forEach(loss -> page.warn("  " + loss));
            plan.facts().forEach(fact -> page.line("  " + fact.name() + ": " + String.join("; ", fact.values())));
            page.line("  amount: " + Format.count(plan.entries(), "entry", "entries") + ", "
                    + Format.bytes(plan.bytes()));
            plan.estimate()
                    .ifPresent(estimate -> page.line("  time: " + Format.duration(estimate.atLeast()) + " to "
                            + Format.duration(estimate.atMost()) + " (" + estimate.basis() + ")"));
            items(page, plan.items());
            page.findings(plan.findings());
            plan.obstacles().forEach(obstacle -> page.bad("  CANNOT: " + obstacle.getMessage()));
        }
    }

    private static void items(Page page, List<RestorePlan.Item> items) {
        if (items.isEmpty()) {
            return;
        }
        Table table = new Table("  LARGEST", ">ROWS", ">SIZE");
        items.stream()
                .limit(SHOWN_ITEMS)
                .forEach(item -> table.row("  " + item.name(), Format.count(item.count()), Format.bytes(item.bytes())));
        page.table(table);
        if (items.size() > SHOWN_ITEMS) {
            page.line("  and " + Format.count(items.size() - SHOWN_ITEMS) + " more");
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
            case Outcome.Planned _ -> throw new IllegalStateException("a plan among restores");
            case Outcome.NotBegun _ -> table.row(name, kind, "", "", "", "not begun", part.target());
        }
    }

    private static List<Finding> findings(PartOutcome part) {
        return switch (part.outcome()) {
            case Outcome.Planned planned -> planned.plan().findings();
            case Outcome.Restored restored -> restored.report().findings();
            case Outcome.NotRestored _, Outcome.NotBegun _ -> List.of();
        };
    }

    private static List<String> notes(PartOutcome part) {
        return part.outcome() instanceof Outcome.Restored restored
                ? restored.report().notes()
                : List.of();
    }

    @Override
    public void json(Json json) {
        json.field("snapshot", result.snapshot().id().text())
                .field("stack", result.snapshot().stack())
                .field("dryRun", planned())
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
            case Outcome.Planned planned -> plan(json, planned.plan());
            case Outcome.NotRestored _ -> json.field("state", "failed");
            case Outcome.NotBegun _ -> json.field("state", "not-begun");
        }
        json.texts("notes", notes(part)).findings(findings(part));
    }

    private static void plan(Json json, RestorePlan plan) {
        json.field("state", "planned")
                .field("entries", plan.entries())
                .field("bytes", plan.bytes())
                .texts("steps", plan.steps())
                .texts("losses", plan.losses())
                .object("facts", () -> plan.facts().forEach(fact -> json.texts(camel(fact.name()), fact.values())))
                .objects(
                        "items",
                        plan.items(),
                        (RestorePlan.Item item) -> json.field("name", item.name())
                                .field("count", item.count())
                                .field("bytes", item.bytes()))
                .objects(
                        "obstacles",
                        plan.obstacles(),
                        (HoldfastException obstacle) -> json.field(
                                        "code", obstacle.code().label())
                                .field("number", obstacle.code().number())
                                .field("message", obstacle.getMessage())
                                .field("hint", obstacle.hint()));
        plan.estimate()
                .ifPresent(estimate -> json.object(
                        "estimate",
                        () -> json.field("secondsAtLeast", Format.seconds(estimate.atLeast()))
                                .field("secondsAtMost", Format.seconds(estimate.atMost()))
                                .field("basis", estimate.basis())));
    }

    /** {@code present-database} as fields of documents are written: {@code presentDatabase}. */
    private static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            boolean word = i > 0 && name.charAt(i - 1) == '-';
            if (name.charAt(i) != '-') {
                camel.append(word ? Character.toUpperCase(name.charAt(i)) : name.charAt(i));
            }
        }
        return camel.toString();
    }
}
