package dev.holdfast.cli;

import dev.holdfast.connectors.postgres.DumpedTable;
import dev.holdfast.connectors.postgres.FileRestore;
import dev.holdfast.control.operation.AdoptedRestore;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What became of a restore of a backup of another tool. */
record AdoptedRestoreReport(AdoptedRestore.Result result) implements Report {
    private Optional<HoldfastException> obstacle() {
        return result.plan().obstacle();
    }

    @Override
    public Optional<ErrorCode> concern() {
        if (result.done().isEmpty() && obstacle().isPresent()) {
            return obstacle().map(HoldfastException::code);
        }
        boolean found = result.done()
                .filter(done ->
                        !done.findings().isEmpty() || !done.report().notes().isEmpty())
                .isPresent();
        return found ? Optional.of(ErrorCode.FINDINGS) : Optional.empty();
    }

    @Override
    public String problem() {
        return "the restore cannot be done: "
                + obstacle().map(Throwable::getMessage).map(Objects::toString).orElse("");
    }

    @Override
    public String hint() {
        return obstacle().map(HoldfastException::hint).orElse("");
    }

    @Override
    public void text(Page page) {
        page.heading("Backup " + result.backup().id() + ", " + result.backup().name() + ", "
                + page.time(result.backup().time()));
        if (result.done().isEmpty()) {
            result.plan().losses().forEach(page::line);
            if (obstacle().isEmpty()) {
                page.good("The file is whole. Nothing was changed. It would become "
                        + result.plan().location() + ".");
            }
            return;
        }
        FileRestore.Result done = result.done().get();
        done.kept()
                .ifPresent(name -> page.line("What was there is kept as database '" + name + "' until you drop it."));
        done.report().notes().forEach(page::warn);
        page.findings(done.findings());
        page.good("Restored to " + result.plan().location() + ": "
                + Format.count(done.report().tables().size(), "table", "tables") + ", "
                + Format.count(done.report().rows(), "row", "rows") + ", in " + Format.duration(result.took()) + ".");
    }

    @Override
    public void json(Json json) {
        json.object("backup", () -> AdoptedReport.fields(json, result.backup()));
        json.field("sha256", result.sha256()).field("target", result.plan().location());
        json.texts("losses", result.plan().losses());
        json.field("changed", result.done().isPresent());
        result.done().ifPresent(done -> {
            List<DumpedTable> tables = done.report().tables();
            json.field("rows", done.report().rows())
                    .field("compared", done.report().compared())
                    .field("kept", done.kept().orElse(""))
                    .objects(
                            "tables",
                            tables,
                            (DumpedTable table) ->
                                    json.field("name", table.shown()).field("rows", table.rows()))
                    .texts("notes", done.report().notes())
                    .findings(done.findings());
        });
    }
}
