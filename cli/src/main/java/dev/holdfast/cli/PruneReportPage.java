package dev.holdfast.cli;

import dev.holdfast.control.operation.PruneResult;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.PruneReport;
import java.util.Optional;

record PruneReportPage(PruneResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public void text(Page page) {
        PruneReport report = result.report();
        page.line((report.dryRun() ? "Would free " : "Freed ") + Format.bytes(report.bytesFreed()) + " of "
                + Format.bytes(report.bytesBefore()) + " at each destination: "
                + Format.count(report.packsRemoved()) + " of "
                + Format.count(report.packsBefore(), "pack", "packs") + " deleted, "
                + Format.count(report.packsRewritten()) + " rewritten");
        page.line(Format.count(report.snapshotsKept(), "snapshot", "snapshots") + " kept, "
                + Format.count(report.snapshotsRemoved()) + " removed");
        if (concern().isPresent()) {
            page.destinations(result.destinations());
        }
    }

    @Override
    public void json(Json json) {
        PruneReport report = result.report();
        json.field("dryRun", report.dryRun())
                .field("snapshotsKept", report.snapshotsKept())
                .field("snapshotsRemoved", report.snapshotsRemoved())
                .field("packsBefore", report.packsBefore())
                .field("packsRemoved", report.packsRemoved())
                .field("packsRewritten", report.packsRewritten())
                .field("bytesBefore", report.bytesBefore())
                .field("bytesFreed", report.bytesFreed())
                .destinations(result.destinations());
    }
}
