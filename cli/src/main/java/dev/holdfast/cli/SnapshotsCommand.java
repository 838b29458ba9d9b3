package dev.holdfast.cli;

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
final class SnapshotsCommand extends SnapshotListing {
    SnapshotsCommand(Cli cli) {
        super(cli);
    }
}
