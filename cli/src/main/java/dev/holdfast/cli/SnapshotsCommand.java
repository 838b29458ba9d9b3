package dev.holdfast.cli;

import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.control.operation.SnapshotsOperation;
import picocli.CommandLine.Command;

@Command(
        name = "snapshots",
        header = "Lists the snapshots.",
        description = "Lists the snapshots of the stack, oldest first.",
        footer = {
            "",
            "Examples:",
            "  holdfast snapshots",
            "  holdfast snapshots --repository /var/backups/shop --json",
            "",
            "Exit codes: 0 done; 20 there is no repository; 21 the key does not open it.",
            "All are listed by 'holdfast --help'."
        })
final class SnapshotsCommand extends RepositoryCommand {
    SnapshotsCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        SnapshotsOperation operation = new SnapshotsOperation(cli.repositories());
        RepositoryChoice choice = choice();
        return new SnapshotsReport(running(run -> operation.run(choice, run)));
    }
}
