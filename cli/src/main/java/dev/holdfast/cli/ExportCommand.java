package dev.holdfast.cli;

import dev.holdfast.control.config.PlaceUrl;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.control.operation.ExportOperation;
import dev.holdfast.control.operation.ExportsOperation;
import dev.holdfast.control.operation.LeavingOperation;
import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.control.operation.SnapshotSelector;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.source.ExportFile;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        header = "Writes a snapshot's database as a file for pg_restore or psql.",
        description = {
            "Writes the database of a snapshot as a file that PostgreSQL's own pg_restore or psql restores, without",
            "Holdfast. Nothing is unpacked on the way: no server is needed, and no room but that of the file. The rows",
            "of every table are counted and hashed while they are written, and must be those that were captured.",
            "Where a server does it, the file comes from there and lands here; what is cut on the way gets no name."
        },
        footer = {
            "",
            "Formats:",
            "  custom   an archive as of 'pg_dump -Fc': pg_restore -d EMPTY_DATABASE FILE; -j works",
            "  sql      a text: psql -v ON_ERROR_STOP=1 -d EMPTY_DATABASE -f FILE; needs pg_restore where it is made",
            "  roles    the roles that the database uses, as SQL; run it with psql before the others",
            "",
            "Examples:",
            "  holdfast export latest --output shop.dump",
            "  holdfast export 01jd8x database --format sql --compress 6 --output shop.sql.gz",
            "  holdfast export latest --format roles --output roles.sql",
            "  holdfast export --server https://backup.example.org:8484 --stack shop --output shop.dump",
            "  holdfast export --to-places            # what 'exports' of the stack file says, and all that lacks",
            "  holdfast export --all --output /mnt/all # every snapshot, with an index, to leave",
            "  set -o pipefail; holdfast export latest --compress 0 --output - | pg_restore -d shop_copy",
            "",
            "Exit codes: 0 the file is whole; 3 it is, but something will not be exactly as it was; 24 the snapshot",
            "is damaged; 63 the file exists or cannot be written. Only a whole file gets its name.",
            "All are listed by 'holdfast --help'."
        })
final class ExportCommand extends AnywhereCommand {
    private static final String STANDARD_OUTPUT = "-";
    private static final int USUAL_ARCHIVE_LEVEL = 6;

    /** What {@code --format} takes. */
    enum Format {
        custom,
        sql,
        roles
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SNAPSHOT",
            description = "'latest' (if none is given), an id, or the beginning of one.")
    @Nullable
    String snapshot;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PART",
            description = "Which database; not needed where the snapshot has only one.")
    @Nullable
    String part;

    @Option(names = "--format", paramLabel = "FORMAT", description = "custom (if none is given), sql or roles.")
    Format format = Format.custom;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "The file to write, or '-' for standard output; with --all, the folder, s3://bucket/prefix or sftp://user@host/path.")
    String output = "";

    @Option(
            names = "--to-places",
            description = "Write the files that 'exports' of the stack file says to all its places, and make places"
                    + " that are not there. Without SNAPSHOT, every snapshot that a place lacks.")
    boolean toPlaces;

    @Option(
            names = "--compress",
            paramLabel = "N",
            description = "0 (none) to 9. custom: within the archive, 6 if nothing is said. sql, roles: the whole"
                    + " text, as gzip does, 0 if nothing is said.")
    @Nullable
    Integer level;

    @Option(
            names = "--create",
            description = "sql: make the database too, under its own name. An archive always can: pg_restore --create.")
    boolean create;

    @Option(names = "--overwrite", description = "Replace the file if it is there.")
    boolean overwrite;

    @Mixin
    LeavingOptions leaving = new LeavingOptions();

    ExportCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (leaving.all || leaving.detailed()) {
            return leave();
        }
        checkOptions();
        if (toPlaces) {
            return keep();
        }
        if (atServer()) {
            return new ExportReportPage(atRepository(
                    (there, run) -> there.export(snapshot(), Optional.ofNullable(part), format(), file(), run)));
        }
        ExportOperation operation = new ExportOperation(cli.connectors(), cli.repositories(), cli.clock());
        ExportOperation.Request request =
                new ExportOperation.Request(choice(), snapshot(), Optional.ofNullable(part), format());
        return new ExportReportPage(running(run -> operation.run(request, file(), run)));
    }

    @Override
    boolean writesToOut() {
        return output.equals(STANDARD_OUTPUT);
    }

    private String snapshot() {
        return Objects.requireNonNullElse(snapshot, SnapshotSelector.LATEST);
    }

    private Report keep() {
        if (atServer()) {
            return new ExportsReport(
                    atRepository((there, run) -> there.exports().keep(Optional.ofNullable(snapshot), run)));
        }
        StackConfig stack = unlocked(stack());
        ExportsOperation operation =
                new ExportsOperation(cli.connectors().exportPlaces(), cli.repositories(), cli.clock());
        ExportsOperation.Request request =
                new ExportsOperation.Request(stack, Optional.ofNullable(snapshot), ExportsOperation.Work.KEEP, true);
        return new ExportsReport(running(run -> operation.run(request, run)));
    }

    private Report leave() {
        if (!leaving.all) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--since, --part, --databases and --files are for --all",
                    "add --all, or leave them out.");
        }
        if (snapshot != null || toPlaces || level != null || create || format != Format.custom) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "with --all, every snapshot is meant, and --databases and --files say in which format",
                    "leave the other options out.");
        }
        if (output.isEmpty() || writesToOut()) {
            throw new Invalid(ErrorCode.USAGE, "it is not said where everything goes", "name a folder with --output.");
        }
        if (remote.isNamed()) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--all works where the repository can be reached",
                    "name the repository with --repository, or run it at the server.");
        }
        LeavingOperation operation = new LeavingOperation(cli.connectors(), cli.repositories(), cli.clock());
        LeavingOperation.Request request = new LeavingOperation.Request(
                everything(),
                PlaceUrl.parse(output, cli.folder(), cli.environment(), "--output"),
                leaving.order(overwrite, cli.zone()));
        return new LeavingReport(running(run -> operation.run(request, run)));
    }

    /** Of all stacks in the repository, unless one is named. */
    private RepositoryChoice everything() {
        RepositoryChoice own = choice();
        return RepositoryChoice.of(own.repository(), Optional.ofNullable(stackName));
    }

    private void checkOptions() {
        if (toPlaces == !output.isEmpty()) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    toPlaces ? "--to-places and --output exclude each other" : "it is not said where the export goes",
                    "name a file with --output, or say --to-places for the places of the stack file.");
        }
        if (toPlaces && (part != null || repository != null || level != null || create || overwrite)) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "with --to-places, part, format and places are those of 'exports' in the stack file",
                    "leave the other options out.");
        }
        if (level != null && (level < 0 || level > 9)) {
            throw new Invalid(ErrorCode.USAGE, "--compress takes 0 to 9, not " + level, "");
        }
        if (json && writesToOut()) {
            throw new Invalid(
                    ErrorCode.USAGE, "--json and --output - would both write to standard output", "name a file.");
        }
        if (create && format != Format.sql) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--create is for --format sql",
                    "an archive always can make the database: pg_restore --create.");
        }
    }

    private ExportFormat format() {
        return switch (format) {
            case custom -> new ExportFormat.Archive(level == null ? USUAL_ARCHIVE_LEVEL : level);
            case sql -> new ExportFormat.Sql(level == null ? 0 : level, create);
            case roles -> new ExportFormat.Roles(level == null ? 0 : level);
        };
    }

    private ExportFile file() {
        return writesToOut()
                ? new StandardOutput(cli.terminal().out())
                : cli.connectors().exportFile(cli.folder().resolve(output), overwrite);
    }
}
