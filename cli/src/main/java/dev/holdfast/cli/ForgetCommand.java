package dev.holdfast.cli;

import dev.holdfast.control.operation.ForgetOperation;
import dev.holdfast.control.operation.RepositoryChoice;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "forget",
        header = "Gives up snapshots.",
        description = {
            "Gives up snapshots. Their space is freed by 'holdfast prune'. A server lets only administrators do it."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast forget 01jd8xk2",
            "  holdfast forget 01jd8xk2 01jd9a71 --yes",
            "  holdfast forget 01jd8xk2 --server https://backup.example.org:8484 --stack shop",
            "",
            "Exit codes: 0 done; 26 there is no such snapshot; 81 it was not confirmed.",
            "All are listed by 'holdfast --help'."
        })
final class ForgetCommand extends UpkeepCommand {
    @Parameters(arity = "1..*", paramLabel = "SNAPSHOT", description = "An id, or the beginning of one, or 'latest'.")
    List<String> snapshots = new ArrayList<>();

    @Option(names = "--yes", description = "Confirm beforehand.")
    boolean yes;

    ForgetCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (atServer()) {
            return new ForgetReport(atRepository((there, run) -> there.forget(snapshots, confirmation(yes), run)));
        }
        RepositoryChoice choice = RepositoryChoice.of(here());
        ForgetOperation operation = new ForgetOperation(cli.repositories());
        return new ForgetReport(running(run -> operation.run(choice, snapshots, confirmation(yes), run)));
    }
}
