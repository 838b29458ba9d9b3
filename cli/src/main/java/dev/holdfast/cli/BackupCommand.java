package dev.holdfast.cli;

import java.util.Optional;
import picocli.CommandLine.Command;

@Command(
        name = "backup",
        header = "Takes a snapshot of the stack.",
        description = {
            "Takes a snapshot of the stack: every database at one moment, then buckets, then directories.",
            "Only what changed is read and stored. A snapshot is whole or it is not there."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast backup",
            "  holdfast backup --label version=1.4.2 --label why=before-migration",
            "  holdfast backup --source database --json",
            "  holdfast backup --server https://backup.example.org:8484 --stack shop",
            "",
            "Exit codes: 0 everything is stored at every destination; 3 the snapshot is there, but a destination",
            "is behind or something was found; 40 to 63 a source; 80 cancelled, nothing was changed.",
            "All are listed by 'holdfast --help'."
        })
final class BackupCommand extends TakingCommand {
    BackupCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        return remote.place(cli, file != null)
                .map(place -> takenAt(place, Optional.ofNullable(stackName)))
                .orElseGet(() -> taken(unlocked(stack())));
    }
}
