package dev.holdfast.cli;

import dev.holdfast.control.operation.UnlockResult;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;

record UnlockReport(UnlockResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public void text(Page page) {
        result.removed().forEach(session -> page.line("Removed the lease of " + session));
        if (result.removed().isEmpty()) {
            page.line("No lease was held.");
        }
    }

    @Override
    public void json(Json json) {
        json.texts("removed", result.removed());
    }
}
