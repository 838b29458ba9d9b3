package dev.holdfast.cli;

import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.control.operation.UnlockOperation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "unlock",
        header = "Removes the leases of sessions that are gone.",
        description = {
            "Removes the leases of all sessions. Needed only when a prune died on another machine: dead backups, and",
            "whatever died on this machine, are passed over by themselves."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast unlock",
            "  holdfast unlock --yes",
            "",
            "Exit codes: 0 done; 81 it was not confirmed.",
            "All are listed by 'holdfast --help'."
        })
final class UnlockCommand extends CliCommand {
    @Option(names = "--yes", description = "Confirm beforehand.")
    boolean yes;

    UnlockCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        RepositoryChoice choice = RepositoryChoice.of(unlocked(stack()));
        UnlockOperation operation = new UnlockOperation(cli.repositories());
        return new UnlockReport(running(run -> operation.run(choice, confirmation(yes), run)));
    }
}
