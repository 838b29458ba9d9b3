package dev.holdfast.cli;

import dev.holdfast.cli.service.CatalogChoice;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.Confirmation;
import dev.holdfast.control.operation.RetentionOperation;
import dev.holdfast.control.operation.RetentionResult;
import dev.holdfast.control.retention.RetentionFacts;
import dev.holdfast.control.stack.CatalogFacts;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "retention",
        header = "Applies the policy of what is kept.",
        description = {
            "Gives up the snapshots that the policy of the stack file does not keep; their space is freed by",
            "'holdfast prune'. What was pinned at the server of this machine is kept. A server does all this by itself."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast retention --dry-run",
            "  holdfast retention --yes",
            "  holdfast retention --dry-run --server https://backup.example.org:8484 --stack shop",
            "",
            "Exit codes: 0 done; 3 done, but a destination is behind; 81 it was not confirmed.",
            "All are listed by 'holdfast --help'."
        })
final class RetentionCommand extends UpkeepCommand {
    @Option(names = "--dry-run", description = "Show what would be kept and why, and give up nothing.")
    boolean dryRun;

    @Option(names = "--yes", description = "Confirm beforehand.")
    boolean yes;

    RetentionCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (atServer()) {
            return new RetentionReport(remotely(there -> agreed(there::simulate, () -> running(there::retain))));
        }
        StackConfig stack = here();
        return withFacts(stack.name(), facts -> new RetentionReport(applied(stack, facts)));
    }

    private RetentionResult applied(StackConfig stack, RetentionFacts facts) {
        RetentionOperation operation = new RetentionOperation(cli.repositories(), cli.clock());
        return agreed(
                () -> running(run -> operation.run(RetentionOperation.Request.of(stack, facts, true), run)),
                () -> running(run -> operation.run(RetentionOperation.Request.of(stack, facts, false), run)));
    }

    /** What would be given up, and if somebody agrees to that, what was. */
    private RetentionResult agreed(Supplier<RetentionResult> plan, Supplier<RetentionResult> work) {
        RetentionResult planned = plan.get();
        int removed = planned.plan().removed().size();
        if (dryRun || removed == 0) {
            return planned;
        }
        Confirmation.Question question = new Confirmation.Question(
                Format.count(removed, "snapshot", "snapshots") + " can never be restored again.", "retention");
        if (!confirmation(yes).given(question)) {
            throw new Cancelled(
                    ErrorCode.NOT_CONFIRMED,
                    "it was not confirmed: " + question.loss(),
                    "look at it with --dry-run, and add --yes.");
        }
        return work.get();
    }

    /** Proofs, and versions said later, are in the catalog of the server, if there is one here. */
    private <T> T withFacts(String stack, Function<RetentionFacts, T> work) {
        StateFolder folder = stateFolder();
        Optional<CatalogPlace> place = CatalogChoice.present(folder, cli.environment());
        if (place.isEmpty()) {
            return work.apply(RetentionFacts.RECORD_ONLY);
        }
        try (Catalog catalog = Catalog.open(place.get())) {
            return work.apply(CatalogFacts.of(Snapshots.in(catalog, cli.repositories(), cli.clock()), stack));
        }
    }
}
