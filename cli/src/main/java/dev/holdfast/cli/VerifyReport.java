package dev.holdfast.cli;

import dev.holdfast.connectors.dump.DumpReport;
import dev.holdfast.connectors.dump.Layer;
import dev.holdfast.connectors.postgres.DumpContents;
import dev.holdfast.connectors.postgres.DumpedTable;
import dev.holdfast.connectors.postgres.TrialReport;
import dev.holdfast.control.verify.FileCheck.Depth;
import dev.holdfast.control.verify.FileVerdict;
import dev.holdfast.control.verify.FileVerdict.State;
import dev.holdfast.control.verify.VerifyResult;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

record VerifyReport(VerifyResult result) implements Report {
    private static final int SHOWN_TABLES = 20;
    private static final int SHOWN_OTHERS = 10;

    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public String problem() {
        if (result.files().isEmpty()) {
            return "there is nothing in '" + result.place() + "' to verify: 0 files were looked at";
        }
        if (result.failure().isEmpty()) {
            return "nothing was restored: none of the files is a dump of PostgreSQL that can be";
        }
        String reason = result.failure().map(VerifyReport::message).orElse("");
        return result.files().size() == 1
                ? reason
                : result.count(State.BAD) + " of " + Format.count(result.files().size(), "file", "files")
                        + " are not whole, and " + result.count(State.UNPROVEN) + " could not be proven; the first: "
                        + reason;
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
        result.files().forEach(file -> text(page, file));
        page.findings(result.findings());
        if (!result.others().isEmpty()) {
            page.warn("Not of the ledger, and not looked at (--others does): "
                    + Format.count(result.others().size(), "file", "files") + ", such as "
                    + result.others().stream().limit(SHOWN_OTHERS).collect(Collectors.joining(", ")));
        }
        String summary = result.count(State.WHOLE) + " of "
                + Format.count(result.files().size(), "file", "files")
                + (result.depth() == Depth.QUICK ? " there with the right length (contents not read)" : " whole");
        if (concern().isEmpty()) {
            page.good(summary);
        } else {
            page.warn(summary);
        }
    }

    private static void text(Page page, FileVerdict file) {
        String line = file.file() + ": " + file.state() + ", " + Format.bytes(file.bytes())
                + file.age().map(age -> ", " + age(age) + " old").orElse("")
                + file.report().map(report -> ", " + kind(report)).orElse("");
        switch (file.state()) {
            case WHOLE -> page.good(line);
            case UNPROVEN -> page.warn(line);
            case BAD -> page.bad(line);
        }
        file.failure().ifPresent(failure -> page.line("  " + message(failure)));
        if (!file.compared().isEmpty()) {
            page.line("  holds: " + String.join(", ", file.compared()));
        }
        if (!file.notCompared().isEmpty()) {
            page.line("  not proven: " + String.join("; ", file.notCompared()));
        }
        file.report().flatMap(DumpReport::database).ifPresent(contents -> contents(page, contents));
        file.trial().ifPresent(trial -> trial(page, trial));
    }

    private static String age(Duration age) {
        return age.compareTo(Duration.ofDays(2)) < 0
                ? Format.duration(age.isNegative() ? Duration.ZERO : age)
                : Format.count(age.toDays(), "day", "days");
    }

    private static String kind(DumpReport report) {
        String format = switch (report.packed()) {
            case NONE -> report.format().label();
            case TAR_DUMP -> "tar of pg_dump";
            case FOLDER_DUMP -> "packed folder of pg_dump";
            case SEVERAL -> report.format().label() + " with several dumps";
        };
        return Stream.concat(report.layers().stream().map(Layer::label), Stream.of(format))
                .collect(Collectors.joining(" > "));
    }

    private static void contents(Page page, DumpContents contents) {
        page.line("  database" + (contents.database().isEmpty() ? "" : " '" + contents.database() + "'")
                + (contents.server().isEmpty() ? "" : " of PostgreSQL " + contents.server()) + ": "
                + Format.count(contents.tables().size(), "table", "tables") + " with "
                + Format.count(contents.rows(), "row", "rows") + " counted in the file");
    }

    private static void trial(Page page, TrialReport trial) {
        page.line("  restored into " + trial.server() + ": "
                + Format.count(trial.tables().size(), "table", "tables") + ", "
                + Format.count(trial.rows(), "row", "rows") + "; as in the file: "
                + Format.count(trial.compared(), "table", "tables"));
        trial.notes().forEach(note -> page.line("  " + note));
        trial.tables().stream()
                .limit(SHOWN_TABLES)
                .forEach(table -> page.line("    " + table.shown() + "  " + Format.count(table.rows())));
        if (trial.tables().size() > SHOWN_TABLES) {
            page.line("    and " + (trial.tables().size() - SHOWN_TABLES) + " more (--json has all)");
        }
    }

    @Override
    public void json(Json json) {
        json.field("place", result.place())
                .field("quick", result.depth() == Depth.QUICK)
                .field("restored", result.restored())
                .field("lookedAt", result.files().size())
                .field("whole", result.count(State.WHOLE));
        json.objects("files", result.files(), (FileVerdict file) -> {
            json.field("file", file.file())
                    .field("state", file.state().name().toLowerCase(Locale.ROOT))
                    .field("bytes", file.bytes());
            file.age().ifPresent(age -> json.field("ageSeconds", age.toSeconds()));
            json.texts("compared", file.compared()).texts("notCompared", file.notCompared());
            file.report().ifPresent(report -> report(json, report));
            file.trial()
                    .ifPresent(trial -> json.object("restored", () -> {
                        json.field("server", trial.server())
                                .field("rows", trial.rows())
                                .field("compared", trial.compared());
                        tables(json, trial.tables());
                        json.texts("notes", trial.notes());
                    }));
            file.failure().ifPresent(failure -> json.error(failure.code(), message(failure), failure.hint()));
        });
        json.texts("others", result.others());
        json.findings(result.findings());
    }

    private static void report(Json json, DumpReport report) {
        json.texts("layers", report.layers().stream().map(Layer::label).toList())
                .field("format", kind(report))
                .field("contentBytes", report.contentBytes())
                .field("members", report.members());
        report.database()
                .ifPresent(contents -> json.object("database", () -> {
                    json.field("name", contents.database())
                            .field("server", contents.server())
                            .field("tool", contents.tool())
                            .field("rows", contents.rows());
                    tables(json, contents.tables());
                }));
    }

    private static void tables(Json json, List<DumpedTable> tables) {
        json.objects(
                "tables",
                tables,
                (DumpedTable table) -> json.field("schema", table.schema())
                        .field("name", table.name())
                        .field("rows", table.rows()));
    }
}
