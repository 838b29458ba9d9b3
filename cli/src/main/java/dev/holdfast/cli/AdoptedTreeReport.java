package dev.holdfast.cli;

import dev.holdfast.control.operation.AdoptedTreeRestore;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;

/** What became of a restore of files that another tool keeps. */
record AdoptedTreeReport(AdoptedTreeRestore.Result result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.findings().isEmpty() ? Optional.empty() : Optional.of(ErrorCode.FINDINGS);
    }

    @Override
    public String problem() {
        return "";
    }

    @Override
    public String hint() {
        return "";
    }

    @Override
    public void text(Page page) {
        page.heading("Backup " + result.backup().id() + ", " + result.backup().name() + ", "
                + page.time(result.backup().time()));
        page.findings(result.findings());
        page.good(
                result.done()
                        ? "Restored to " + result.target() + ", in " + Format.duration(result.took()) + "."
                        : "It is whole. Nothing was changed. It would become " + result.target() + ".");
    }

    @Override
    public void json(Json json) {
        json.object("backup", () -> AdoptedReport.fields(json, result.backup()));
        json.field("sha256", result.sha256())
                .field("target", result.target().toString())
                .field("changed", result.done())
                .findings(result.findings());
    }
}
