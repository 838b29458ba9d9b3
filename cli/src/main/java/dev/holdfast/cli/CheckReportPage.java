package dev.holdfast.cli;

import dev.holdfast.control.operation.CheckResult;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.CheckReport;
import dev.holdfast.engine.repository.CheckReport.Problem;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.Optional;
import java.util.stream.Collectors;

record CheckReportPage(CheckResult result) implements Report {
    private static final int MAX_ENTRIES_SHOWN = 20;

    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public String problem() {
        return "found " + Format.count(result.report().problems().size(), "problem", "problems") + " in the repository";
    }

    @Override
    public String hint() {
        boolean elsewhere = result.report().problems().stream()
                .anyMatch(problem -> !problem.elsewhere().isEmpty());
        return elsewhere ? "other destinations hold sound copies of some files; restores use them by themselves." : "";
    }

    @Override
    public void text(Page page) {
        CheckReport report = result.report();
        page.line("Looked at " + Format.count(report.snapshots(), "snapshot", "snapshots") + ", "
                + Format.count(report.packs(), "pack", "packs") + " and "
                + Format.count(report.chunks(), "chunk", "chunks") + "; read " + Format.bytes(report.bytesRead())
                + (report.dataRead() ? ", all data" : ", structure only (--read-data reads all)"));
        report.problems().forEach(problem -> problem(page, problem));
        page.destinations(result.destinations()).findings(result.findings());
        if (concern().isEmpty()) {
            page.good("All is well.");
        }
    }

    private static void problem(Page page, Problem problem) {
        page.blank().bad("Destination '" + problem.destination() + "': " + problem.file() + ": " + problem.what());
        if (!problem.snapshots().isEmpty()) {
            page.line("  hurts snapshots: "
                    + problem.snapshots().stream().map(SnapshotId::text).collect(Collectors.joining(" ")));
        }
        problem.entries().stream().limit(MAX_ENTRIES_SHOWN).forEach(entry -> page.line("  hurts " + entry));
        long untold = problem.entryCount()
                - Math.min(MAX_ENTRIES_SHOWN, problem.entries().size());
        if (untold > 0) {
            page.line("  and " + Format.count(untold) + " more entries");
        }
        if (!problem.elsewhere().isEmpty()) {
            page.line("  sound at: " + String.join(", ", problem.elsewhere()));
        }
    }

    @Override
    public void json(Json json) {
        CheckReport report = result.report();
        json.field("sound", result.sound())
                .field("snapshots", report.snapshots())
                .field("packs", report.packs())
                .field("chunks", report.chunks())
                .field("bytesRead", report.bytesRead())
                .field("dataRead", report.dataRead())
                .objects(
                        "problems",
                        report.problems(),
                        (Problem problem) -> json.field("destination", problem.destination())
                                .field("file", problem.file())
                                .field("what", problem.what())
                                .texts(
                                        "snapshots",
                                        problem.snapshots().stream()
                                                .map(SnapshotId::text)
                                                .toList())
                                .texts("entries", problem.entries())
                                .field("entryCount", problem.entryCount())
                                .texts("elsewhere", problem.elsewhere()))
                .destinations(result.destinations())
                .findings(result.findings());
    }
}
