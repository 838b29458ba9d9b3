package dev.holdfast.cli;

import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.ExportsOperation;
import dev.holdfast.control.operation.ExportsOperation.Work;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "exports",
        header = "Shows the exported files that are kept, or cleans up among them.",
        description = {
            "list shows what 'exports' of the stack file keeps, in every place, and how it stands. clean removes what",
            "the places do not keep: only files that their ledger names, and that are as they were written."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast exports",
            "  holdfast exports clean --dry-run",
            "  holdfast exports --server https://backup.example.org:8484 --stack shop",
            "  holdfast export --to-places",
            "",
            "Exit codes: 0 all is well; 3 a place cannot be used, or somebody should look at something; others where",
            "no place can be used. All are listed by 'holdfast --help'."
        })
final class ExportsCommand extends UpkeepCommand {
    /** What is to be done. */
    enum Action {
        list,
        clean
    }

    @Parameters(index = "0", arity = "0..1", paramLabel = "list|clean", description = "What to do; list if not said.")
    Action action = Action.list;

    @Option(names = "--dry-run", description = "clean: show what would go, and remove nothing.")
    boolean dryRun;

    ExportsCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (dryRun && action != Action.clean) {
            throw new Invalid(ErrorCode.USAGE, "--dry-run is for 'holdfast exports clean'", "");
        }
        if (atServer()) {
            return new ExportsReport(
                    action == Action.list
                            ? remotely(there -> there.exports().look())
                            : atRepository((there, run) -> there.exports().clean(dryRun, run)));
        }
        StackConfig stack = here();
        ExportsOperation operation =
                new ExportsOperation(cli.connectors().exportPlaces(), cli.repositories(), cli.clock());
        Work work = action == Action.clean && !dryRun ? Work.CLEAN : Work.LOOK;
        ExportsResult result =
                running(run -> operation.run(new ExportsOperation.Request(stack, Optional.empty(), work, true), run));
        return new ExportsReport(result);
    }
}
