package dev.holdfast.cli;

import dev.holdfast.control.operation.ExportResult;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;

record ExportReportPage(ExportResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public void text(Page page) {
        page.heading("Snapshot " + result.snapshot().id() + " of stack '"
                + result.snapshot().stack() + "', "
                + page.time(result.snapshot().began()));
        page.findings(result.findings());
        String what = "Exported " + Format.count(result.report().entries(), "entry", "entries") + " ("
                + Format.bytes(result.report().bytes()) + ") of '"
                + result.part().name() + "' as " + result.format().label() + ", "
                + Format.bytes(result.report().written()) + " to " + result.file() + " in "
                + Format.duration(result.took());
        if (concern().isEmpty()) {
            page.good(what);
        } else {
            page.warn(what + ", but somebody should look at the findings.");
        }
    }

    @Override
    public void json(Json json) {
        json.field("snapshot", result.snapshot().id().text())
                .field("stack", result.snapshot().stack())
                .field("part", result.part().name())
                .field("kind", result.part().kind())
                .field("format", result.format().label())
                .field("file", result.file())
                .field("entries", result.report().entries())
                .field("bytes", result.report().bytes())
                .field("fileBytes", result.report().written())
                .field("seconds", Format.seconds(result.took()))
                .findings(result.findings());
    }
}
