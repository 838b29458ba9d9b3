package dev.holdfast.cli;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.operation.SyncOperation;
import picocli.CommandLine.Command;

@Command(
        name = "sync",
        header = "Brings destinations that are behind level.",
        description = "Brings destinations that are behind level, by copying what the others have.",
        footer = {
            "",
            "Examples:",
            "  holdfast sync",
            "  holdfast sync --server https://backup.example.org:8484 --stack shop",
            "",
            "Exit codes: 0 all destinations are complete; 3 one is still behind.",
            "All are listed by 'holdfast --help'."
        })
final class SyncCommand extends UpkeepCommand {
    SyncCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (atServer()) {
            return new SyncReportPage(atRepository(RemoteRepository::sync));
        }
        RepositoryConfig config = here().repository();
        SyncOperation operation = new SyncOperation(cli.repositories());
        return new SyncReportPage(running(run -> operation.run(config, run)));
    }
}
