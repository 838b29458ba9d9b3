package dev.holdfast.cli;

import dev.holdfast.connectors.files.LocalExportFolder;
import dev.holdfast.control.config.PlaceUrl;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.export.ExportOutput;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.control.operation.ExportOperation;
import dev.holdfast.control.operation.ExportResult;
import dev.holdfast.control.operation.ExportsOperation;
import dev.holdfast.control.operation.LeavingOperation;
import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.control.operation.SnapshotSelector;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        header = "Writes a part of a snapshot as a file that other tools read.",
        description = {
            "Writes a database of a snapshot as a file that PostgreSQL's own pg_restore or psql restores, or a bucket or",
            "a directory as an archive or a folder of files, for use without Holdfast. Nothing is unpacked on the way: no",
            "server is needed, and no room but that of the file. What was captured is counted and verified while it is",
            "written. Where a server does it, the file comes from there and lands here; what is cut on the way gets no",
            "name. A file is not encrypted unless it is asked for."
        },
        footer = {
            "",
            "Formats of databases:",
            "  custom   an archive as of 'pg_dump -Fc': pg_restore -d EMPTY_DATABASE FILE; -j works",
            "  sql      a text: psql -v ON_ERROR_STOP=1 -d EMPTY_DATABASE -f FILE; needs pg_restore where it is made",
            "  sql.gz, sql.zst  the same, as by gzip or zstd",
            "  roles    the roles that the database uses, as SQL; run it with psql before the others",
            "Formats of buckets and directories:",
            "  tar, tar.gz, tar.zst, zip   an archive",
            "  tree     a new folder with a file for each object or file",
            "",
            "Examples:",
            "  holdfast export latest --output shop.dump",
            "  holdfast export 01jd8x database --format sql --compress 6 --output shop.sql.gz",
            "  holdfast export latest --format roles --output roles.sql",
            "  holdfast export latest media --output media.tar.gz --checksum sha256",
            "  holdfast export latest --output shop.dump --manifest   # and shop.dump.manifest.json, with rows",
            "  holdfast export latest uploads --format tar.zst --encrypt-to ops.asc --output uploads.tar.zst.gpg",
            "  holdfast export latest uploads --format tree --output uploads",
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
            description =
                    "Which part; not needed where only one fits the format, or the snapshot has only one database.")
    @Nullable
    String part;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "The file to write, or '-' for standard output; with --format tree, the folder; with --all, the folder, s3://bucket/prefix or sftp://user@host/path.")
    String output = "";

    @Option(
            names = "--to-places",
            description = "Write the files that 'exports' of the stack file says to all its places, and make places"
                    + " that are not there. Without SNAPSHOT, every snapshot that a place lacks.")
    boolean toPlaces;

    @Option(
            names = "--overwrite",
            description = "Replace the file if it is there, and its sidecars; of folders, an empty one.")
    boolean overwrite;

    @Mixin
    ExportFileOptions shape = new ExportFileOptions();

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
        return new ExportReportPage(shape.isTree() ? tree() : file());
    }

    private ExportResult tree() {
        if (atServer()) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--format tree works where the repository can be reached",
                    "say --format tar.gz and unpack it here, or name the repository with --repository.");
        }
        return running(run ->
                operation().run(request(), new LocalExportFolder(cli.folder().resolve(output), overwrite), run));
    }

    private ExportResult file() {
        if (atServer() && shape.manifest) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--manifest works where the repository can be reached",
                    "say --checksum sha256, or name the repository with --repository.");
        }
        Optional<ExportFormat> format = shape.wanted();
        ExportOutput file = writesToOut()
                ? shape.stream(cli, new StandardOutput(cli.terminal().out()))
                : shape.file(cli, cli.folder().resolve(output), overwrite);
        ExportResult result = atServer()
                ? atRepository((there, run) -> there.export(snapshot(), Optional.ofNullable(part), format, file, run))
                : running(run -> operation().run(request(), file, run));
        return result.withFileBytes(file.bytes());
    }

    private ExportOperation operation() {
        return new ExportOperation(cli.connectors(), cli.repositories(), cli.clock());
    }

    private ExportOperation.Request request() {
        return new ExportOperation.Request(choice(), snapshot(), Optional.ofNullable(part), shape.wanted());
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
        if (snapshot != null || toPlaces || shape.isOneFileSaid()) {
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
        shape.check(false);
        LeavingOperation operation = new LeavingOperation(cli.connectors(), cli.repositories(), cli.clock());
        LeavingOperation.Request request = new LeavingOperation.Request(
                everything(),
                PlaceUrl.parse(output, cli.folder(), cli.environment(), "--output"),
                leaving.order(shape.protection(cli.folder()), overwrite, cli.zone()));
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
        if (toPlaces && (part != null || repository != null || shape.isSaid() || overwrite)) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "with --to-places, part, format and places are those of 'exports' in the stack file",
                    "leave the other options out.");
        }
        shape.check(writesToOut());
        if (json && writesToOut()) {
            throw new Invalid(
                    ErrorCode.USAGE, "--json and --output - would both write to standard output", "name a file.");
        }
    }
}
