package dev.holdfast.cli;

import dev.holdfast.control.operation.AdoptResult;
import dev.holdfast.control.operation.AdoptResult.Item;
import dev.holdfast.control.operation.AdoptResult.Outcome;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.util.Objects;
import java.util.Optional;

/** What became of backups of other tools that were verified or imported. */
record AdoptReport(AdoptResult result) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public String problem() {
        return result.failure().map(AdoptReport::message).orElse("");
    }

    @Override
    public String hint() {
        return result.failure().map(HoldfastException::hint).orElse("");
    }

    private static String message(HoldfastException failure) {
        return Objects.requireNonNullElse(failure.getMessage(), "");
    }

    @Override
    public void text(Page page) {
        result.items().forEach(item -> text(page, item));
        page.findings(result.findings());
        long failed = result.failures();
        if (failed > 0) {
            page.bad(Format.count(failed, "backup", "backups") + " of "
                    + Format.count(result.items().size()) + " CANNOT be used.");
        }
    }

    private static void text(Page page, Item item) {
        String what = item.backup().id() + " " + item.backup().name() + " ("
                + page.time(item.backup().time()) + ")";
        switch (item.outcome()) {
            case Outcome.Imported imported ->
                page.good(what + " is snapshot " + imported.snapshot() + " now, part '" + imported.part() + "'");
            case Outcome.There there -> page.line(what + " is snapshot " + there.snapshot() + " already.");
            case Outcome.Planned planned -> page.line(what + " would become part '" + planned.part() + "'.");
            case Outcome.Whole whole ->
                page.good(what + " is whole: " + String.join(", ", whole.proven())
                        + (whole.rows() < 0
                                ? ""
                                : "; restored for a trial: " + Format.count(whole.rows(), "row", "rows")));
            case Outcome.Failed(HoldfastException reason) ->
                page.bad(what + " CANNOT be used: " + message(reason)
                        + (reason.hint().isEmpty() ? "" : "; " + reason.hint()));
        }
    }

    @Override
    public void json(Json json) {
        json.field("failed", result.failures());
        json.objects("backups", result.items(), (Item item) -> {
            AdoptedReport.fields(json, item.backup());
            switch (item.outcome()) {
                case Outcome.Imported imported -> {
                    json.field("outcome", "imported")
                            .field("snapshot", imported.snapshot().text())
                            .field("part", imported.part());
                    if (imported.rows() >= 0) {
                        json.field("rows", imported.rows());
                    }
                }
                case Outcome.There there ->
                    json.field("outcome", "there")
                            .field("snapshot", there.snapshot().text());
                case Outcome.Planned planned -> json.field("outcome", "planned").field("part", planned.part());
                case Outcome.Whole whole -> {
                    json.field("outcome", "whole").texts("proven", whole.proven());
                    if (whole.rows() >= 0) {
                        json.field("rows", whole.rows());
                    }
                }
                case Outcome.Failed(HoldfastException reason) ->
                    json.field("outcome", "failed").error(reason.code(), message(reason), reason.hint());
            }
        });
        json.findings(result.findings());
    }
}
