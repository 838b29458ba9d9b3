package dev.holdfast.cli;

import dev.holdfast.control.adopt.AdoptedBackups;
import dev.holdfast.control.operation.AdoptOperation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "adopt",
        header = "Lists backups that other tools made.",
        description = {
            "Finds backups that other tools made in a directory, a bucket or at another server: by how their files",
            "are named, and by how they begin. Nothing is written there. The whole name before the time is the",
            "database; where a file itself says which database it shows, the file is believed."
        },
        footer = {
            "",
            "PLACE is a directory, s3://bucket/prefix, sftp://user@host/path, or the name of a place under",
            "'adopted' or 'exports' in the stack file.",
            "",
            "Examples:",
            "  holdfast adopt /srv/backups",
            "  holdfast adopt s3://old-backups/backup --passphrase-file secret --database shop",
            "  holdfast adopt old --json",
            "",
            "Exit codes: 0 all that was found can be looked into; 3 something cannot be used, or is not what its",
            "name says. All are listed by 'holdfast --help'."
        })
final class AdoptCommand extends CliCommand {
    @Parameters(index = "0", paramLabel = "PLACE", description = "Where the backups are.")
    @Nullable
    String place;

    @Option(names = "--database", paramLabel = "NAME", description = "Only backups of this database.")
    @Nullable
    String database;

    @Option(names = "--names-only", description = "Do not look into the files.")
    boolean namesOnly;

    @Mixin
    AdoptedOptions opening = new AdoptedOptions();

    AdoptCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        AdoptOperation operation = new AdoptOperation(cli.connectors().exportPlaces(), cli.clock());
        AdoptOperation.Request request = new AdoptOperation.Request(
                opening.place(this, place == null ? "" : place), Optional.ofNullable(database), !namesOnly);
        AdoptedBackups found = running(run -> operation.run(request, run));
        return new AdoptedReport(found);
    }
}
