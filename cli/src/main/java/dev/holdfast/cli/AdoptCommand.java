package dev.holdfast.cli;

import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.operation.AdoptOperation;
import dev.holdfast.control.operation.AdoptedVerification;
import dev.holdfast.control.operation.ImportOperation;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "adopt",
        header = "Lists, verifies and imports backups that other tools made.",
        description = {
            "Finds backups that other tools made in a directory, a bucket or at another server: by how their files",
            "are named, and by how they begin. Nothing is written there. The whole name before the time is the",
            "database; where a file itself says which database it shows, the file is believed."
        },
        footer = {
            "",
            "PLACE is a directory, s3://bucket/prefix, sftp://user@host/path, or the name of a place under",
            "'adopted' or 'exports' in the stack file. What was imported has the time of the backup, and is kept",
            "and removed by 'retention' like every other snapshot. 'holdfast restore --from PLACE' restores a",
            "backup without importing it.",
            "",
            "Examples:",
            "  holdfast adopt /srv/backups",
            "  holdfast adopt s3://old-backups/backup --passphrase-file secret --database shop",
            "  holdfast adopt old --verify --restore",
            "  holdfast adopt old --import 3f2a91c04b --dry-run",
            "  holdfast adopt old --import --all",
            "",
            "Exit codes: 0 all of it is well; 3 some cannot be used, or are not what their names say; 24, 71 and",
            "others where none of those that are meant can be used. All are listed by 'holdfast --help'."
        })
final class AdoptCommand extends CliCommand {
    @Parameters(index = "0", paramLabel = "PLACE", description = "Where the backups are.")
    @Nullable
    String place;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "BACKUP",
            description = "With --verify or --import: which ones, by id, beginning of one, or name of the file.")
    List<String> backups = new ArrayList<>();

    @Option(names = "--database", paramLabel = "NAME", description = "Only backups of this database.")
    @Nullable
    String database;

    @Option(names = "--names-only", description = "Do not look into the files.")
    boolean namesOnly;

    @Option(names = "--verify", description = "Read them to their ends, and say whether they are whole.")
    boolean verify;

    @Option(
            names = "--restore",
            description = "With --verify: restore each into a server of its own, and count the rows.")
    boolean restore;

    @Option(names = "--import", description = "Make snapshots of the stack of them.")
    boolean imports;

    @Option(names = "--all", description = "With --import: all that are there.")
    boolean all;

    @Option(names = "--dry-run", description = "With --import: say what would be imported.")
    boolean dryRun;

    @Mixin
    AdoptedOptions opening = new AdoptedOptions();

    AdoptCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        requireSense();
        AdoptedPlace where = opening.place(this, place == null ? "" : place);
        if (imports) {
            return imported(where);
        }
        return verify ? verified(where) : listed(where);
    }

    private void requireSense() {
        require(!(verify && imports), "--verify and --import exclude each other", "verify first, then import.");
        require(!restore || verify, "--restore is for --verify", "'holdfast restore --from' restores a backup.");
        require(!dryRun || imports, "--dry-run is for --import", "listing and verifying change nothing.");
        require(!all || imports, "--all is for --import", "");
        require(!(namesOnly && (verify || imports)), "--names-only is for listing", "");
        require(backups.isEmpty() || verify || imports, "backups are named for --verify or --import", "");
        require(
                !imports || all != !backups.isEmpty(),
                "--import needs either backups or --all",
                "list them first, and name those that are to be imported.");
    }

    private static void require(boolean sense, String problem, String hint) {
        if (!sense) {
            throw new Invalid(ErrorCode.USAGE, problem, hint);
        }
    }

    private Report listed(AdoptedPlace where) {
        AdoptOperation operation = new AdoptOperation(cli.connectors().exportPlaces(), cli.clock());
        AdoptOperation.Request request = new AdoptOperation.Request(where, Optional.ofNullable(database), !namesOnly);
        return new AdoptedReport(running(run -> operation.run(request, run)));
    }

    private Report verified(AdoptedPlace where) {
        AdoptedVerification operation = new AdoptedVerification(cli.connectors(), cli.clock());
        AdoptedVerification.Request request =
                new AdoptedVerification.Request(where, Optional.ofNullable(database), backups, restore);
        return new AdoptReport(running(run -> operation.run(request, run)));
    }

    private Report imported(AdoptedPlace where) {
        ImportOperation operation = new ImportOperation(cli.connectors(), cli.repositories(), cli.clock());
        ImportOperation.Request request =
                new ImportOperation.Request(unlocked(stack()), where, Optional.ofNullable(database), backups, dryRun);
        return new AdoptReport(running(run -> operation.run(request, run)));
    }
}
