package dev.holdfast.cli;

import dev.holdfast.control.operation.ForgetResult;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;

record ForgetReport(ForgetResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public void text(Page page) {
        result.forgotten()
                .forEach(snapshot -> page.line("Forgot " + snapshot.id() + " of " + page.time(snapshot.began())));
        page.line(Format.count(result.left(), "snapshot is", "snapshots are")
                + " left; 'holdfast prune' frees the space.");
        if (concern().isPresent()) {
            page.destinations(result.destinations());
        }
    }

    @Override
    public void json(Json json) {
        json.texts(
                        "forgotten",
                        result.forgotten().stream()
                                .map(snapshot -> snapshot.id().text())
                                .toList())
                .field("left", result.left())
                .destinations(result.destinations());
    }
}
