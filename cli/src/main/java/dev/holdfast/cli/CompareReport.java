package dev.holdfast.cli;

import dev.holdfast.control.operation.CompareResult;
import dev.holdfast.control.operation.CompareResult.Difference;
import dev.holdfast.control.operation.CompareResult.PartComparison;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;

record CompareReport(CompareResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public String problem() {
        if (result.parts().isEmpty()) {
            return "snapshot " + result.snapshot().id() + " has no parts, so nothing was compared";
        }
        long count = result.parts().stream()
                .mapToLong(PartComparison::differenceCount)
                .sum();
        return "found " + Format.count(count, "difference", "differences") + " to snapshot "
                + result.snapshot().id();
    }

    @Override
    public void text(Page page) {
        page.heading("Snapshot " + result.snapshot().id() + " of stack '"
                + result.snapshot().stack() + "', "
                + page.time(result.snapshot().began()));
        Table table = new Table("PART", "KIND", ">COMPARED", "RESULT", "WITH");
        result.parts()
                .forEach(part -> table.row(
                        part.part().name(),
                        part.part().kind(),
                        Format.count(part.compared()),
                        part.equal() ? "equal" : Format.count(part.differenceCount(), "DIFFERENCE", "DIFFERENCES"),
                        part.with()));
        page.table(table);
        result.parts().forEach(part -> differences(page, part));
        page.findings(result.findings());
        if (result.equal()) {
            page.blank().good("Everything is equal.");
        }
    }

    private static void differences(Page page, PartComparison part) {
        if (!part.equal()) {
            page.blank();
            part.differences().forEach(difference -> page.bad(line(part, difference)));
        }
        long untold = part.differenceCount() - part.differences().size();
        if (untold > 0) {
            page.line("and " + Format.count(untold) + " more in part '"
                    + part.part().name() + "'");
        }
    }

    private static String line(PartComparison part, Difference difference) {
        return part.part().name() + (difference.key().isEmpty() ? "" : ": " + difference.key()) + ": "
                + difference.what();
    }

    @Override
    public void json(Json json) {
        json.field("snapshot", result.snapshot().id().text())
                .field("stack", result.snapshot().stack())
                .field("equal", result.equal())
                .objects(
                        "parts",
                        result.parts(),
                        (PartComparison part) -> json.field("name", part.part().name())
                                .field("kind", part.part().kind())
                                .field("with", part.with())
                                .field("compared", part.compared())
                                .field("equal", part.equal())
                                .objects(
                                        "differences",
                                        part.differences(),
                                        (Difference difference) -> json.field("key", difference.key())
                                                .field("what", difference.what()))
                                .field("differenceCount", part.differenceCount()))
                .findings(result.findings());
    }
}
