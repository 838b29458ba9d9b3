package dev.holdfast.cli;

import dev.holdfast.control.operation.SyncResult;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;

record SyncReportPage(SyncResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public void text(Page page) {
        page.line("Copied " + Format.count(result.report().objectsCopied(), "object", "objects") + ", "
                + Format.bytes(result.report().bytesCopied()));
        page.destinations(result.report().destinations());
    }

    @Override
    public void json(Json json) {
        json.field("objectsCopied", result.report().objectsCopied())
                .field("bytesCopied", result.report().bytesCopied())
                .destinations(result.report().destinations());
    }
}
