package dev.holdfast.cli;

import picocli.CommandLine.Command;

@Command(
        name = "list",
        header = "Lists the snapshots; the same as 'snapshots'.",
        description = "Lists the snapshots of the stack, oldest first.",
        footer = {
            "",
            "Examples:",
            "  holdfast list",
            "  holdfast list --json",
            "",
            "Exit codes: 0 done; 20 there is no repository; 21 the key does not open it.",
            "All are listed by 'holdfast --help'."
        })
final class ListCommand extends SnapshotListing {
    ListCommand(Cli cli) {
        super(cli);
    }
}
