package dev.holdfast.cli;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.operation.PruneOperation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "prune",
        header = "Frees the space that no snapshot needs.",
        description = "Frees the space that no snapshot needs. Refuses while a backup is running.",
        footer = {
            "",
            "Examples:",
            "  holdfast prune --dry-run",
            "  holdfast prune",
            "  holdfast prune --server https://backup.example.org:8484 --stack shop",
            "",
            "Exit codes: 0 done; 3 a destination is behind; 25 a backup is running.",
            "All are listed by 'holdfast --help'."
        })
final class PruneCommand extends UpkeepCommand {
    @Option(names = "--dry-run", description = "Only tell what would be freed.")
    boolean dryRun;

    PruneCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (atServer()) {
            return new PruneReportPage(atRepository((there, run) -> there.prune(dryRun, run)));
        }
        RepositoryConfig config = here().repository();
        PruneOperation operation = new PruneOperation(cli.repositories());
        return new PruneReportPage(running(run -> operation.run(config, dryRun, run)));
    }
}
