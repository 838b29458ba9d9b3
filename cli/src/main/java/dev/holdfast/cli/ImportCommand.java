package dev.holdfast.cli;

import dev.holdfast.control.convert.Borgmatic;
import dev.holdfast.control.convert.Converted;
import dev.holdfast.control.convert.DumpImages;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        header = "Makes a stack file of the configuration of another tool.",
        description = {
            "Writes a stack file made of the configuration of another tool, with a comment for each line that could",
            "not be carried over. No secret is copied: where one stood, the stack file names a variable or a file.",
            "Backups that the other tool made are listed and imported by 'holdfast adopt'."
        },
        footer = {
            "",
            "TOOL is borgmatic, postgres-backup-s3 or postgres-backup-local. FILE is borgmatic's YAML; for the",
            "others lines of NAME=value, or a compose file.",
            "",
            "Examples:",
            "  holdfast import borgmatic /etc/borgmatic/config.yaml",
            "  holdfast import postgres-backup-s3 compose.yaml --output holdfast.yaml",
            "  holdfast import postgres-backup-local backup.env",
            "",
            "Exit codes: 0 all was carried over; 3 it can be used, but read the comments; 10 the file holds nothing",
            "that Holdfast can back up; 63 the output is there already. All are listed by 'holdfast --help'."
        })
final class ImportCommand extends CliCommand {
    @Parameters(index = "0", paramLabel = "TOOL", description = "The other tool.")
    @Nullable
    String tool;

    @Parameters(index = "1", paramLabel = "FILE", description = "Its configuration.")
    @Nullable
    String source;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to this file, which may not be there yet; otherwise to standard output.")
    @Nullable
    String output;

    @Option(names = "--service", paramLabel = "NAME", description = "Which service of a compose file is meant.")
    @Nullable
    String service;

    ImportCommand(Cli cli) {
        super(cli);
    }

    @Override
    boolean writesToOut() {
        return output == null && !json;
    }

    @Override
    Report perform() {
        String shown = source == null ? "" : source;
        Converted converted =
                converted(content(cli.folder().resolve(shown)), shown).requireReadable(cli.folder());
        if (output != null) {
            write(cli.folder().resolve(output), converted.text());
        } else if (!json) {
            cli.terminal().out().print(converted.text());
        }
        return new ImportReport(converted, Optional.ofNullable(output));
    }

    private Converted converted(String content, String shown) {
        String name = tool == null ? "" : tool;
        Optional<String> chosen = Optional.ofNullable(service);
        return switch (name) {
            case "borgmatic" -> Borgmatic.convert(content, shown);
            case "postgres-backup-s3" -> DumpImages.postgresBackupS3(content, shown, chosen);
            case "postgres-backup-local", "docker-postgres-backup-local" ->
                DumpImages.postgresBackupLocal(content, shown, chosen);
            default ->
                throw new Invalid(
                        ErrorCode.USAGE,
                        "the configuration of '" + name + "' is not known",
                        "expected borgmatic, postgres-backup-s3 or postgres-backup-local.");
        };
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new Missing(
                    ErrorCode.CONFIGURATION_MISSING,
                    "'" + file + "' cannot be read: " + e,
                    "see whether it is there, and is text.",
                    e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new AlreadyExists(
                    ErrorCode.FILE_UNWRITABLE, "'" + file + "' is there already", "name a file that is not.");
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE,
                    "'" + file + "' cannot be written: " + e,
                    "see whether its folder is there.",
                    e);
        }
    }
}
