package dev.holdfast.cli;

import dev.holdfast.control.leaving.Leaving;
import dev.holdfast.control.operation.LeavingResult;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Objects;
import java.util.Optional;

record LeavingReport(LeavingResult result) implements Report {
    private static final int MOST_TOLD = 20;

    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public String problem() {
        return result.failure().map(LeavingReport::message).orElse("");
    }

    @Override
    public String hint() {
        return result.failure().map(failure -> failure.reason().hint()).orElse("");
    }

    private static String message(Leaving.Failure failure) {
        return Objects.requireNonNullElse(failure.reason().getMessage(), "");
    }

    @Override
    public void text(Page page) {
        page.findings(result.findings());
        result.failures().stream()
                .limit(MOST_TOLD)
                .forEach(failure -> page.bad("NOT written: " + failure.file() + ": " + message(failure)
                        + (failure.reason().hint().isEmpty()
                                ? ""
                                : "; " + failure.reason().hint())));
        if (result.failures().size() > MOST_TOLD) {
            page.bad("and " + (result.failures().size() - MOST_TOLD) + " more; the index names all.");
        }
        String what = "Wrote " + Format.count(result.written(), "file", "files") + " ("
                + Format.bytes(result.writtenBytes()) + ") in " + Format.duration(result.took())
                + (result.present() == 0 ? "" : "; " + result.present() + " were there already") + ".";
        String all = "There are " + Format.count(result.totals().files(), "file", "files") + " of "
                + Format.count(result.totals().snapshots(), "snapshot", "snapshots") + ", "
                + Format.bytes(result.totals().bytes()) + ": " + result.index();
        if (concern().isEmpty()) {
            page.good(what).good(all);
        } else {
            page.line(what).line(all);
        }
        if (result.totals().missing() > 0) {
            page.warn(Format.count(result.totals().missing(), "file is", "files are")
                    + " missing; the same command writes what it can of them.");
        }
    }

    @Override
    public void json(Json json) {
        json.field("location", result.location())
                .field("index", result.index())
                .field("present", result.present())
                .field("written", result.written())
                .field("writtenBytes", result.writtenBytes())
                .field("snapshots", result.totals().snapshots())
                .field("files", result.totals().files())
                .field("bytes", result.totals().bytes())
                .field("missing", result.totals().missing())
                .field("seconds", Format.seconds(result.took()));
        json.objects(
                "failures",
                result.failures(),
                (Leaving.Failure failure) -> json.field(
                                "snapshot", failure.snapshot().text())
                        .field("part", failure.part())
                        .field("file", failure.file())
                        .error(
                                failure.reason().code(),
                                message(failure),
                                failure.reason().hint()));
        json.findings(result.findings());
    }
}
