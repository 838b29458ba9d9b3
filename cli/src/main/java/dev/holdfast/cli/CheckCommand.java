package dev.holdfast.cli;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.operation.CheckOperation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        header = "Looks whether the repository is sound.",
        description = {
            "Looks whether every destination holds everything that the snapshots need, and names what is hurt",
            "where something is damaged or missing."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast check",
            "  holdfast check --read-data",
            "  holdfast check --repository s3://shop-backup --json",
            "  holdfast check --server https://backup.example.org:8484 --stack shop",
            "",
            "Exit codes: 0 all is well; 3 a destination is behind, or there is nothing to check yet;",
            "71 something is damaged or missing. All are listed by 'holdfast --help'."
        })
final class CheckCommand extends AnywhereCommand {
    @Option(names = "--read-data", description = "Read all data again and verify every byte.")
    boolean readData;

    CheckCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (atServer()) {
            return new CheckReportPage(atRepository((there, run) -> there.check(readData, run)));
        }
        RepositoryConfig config = choice().repository();
        CheckOperation operation = new CheckOperation(cli.repositories());
        return new CheckReportPage(running(run -> operation.run(config, readData, run)));
    }
}
