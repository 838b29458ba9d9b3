package dev.holdfast.cli;

import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.control.operation.SnapshotsOperation;

/** The commands that list snapshots. */
abstract class SnapshotListing extends RepositoryCommand {
    SnapshotListing(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        SnapshotsOperation operation = new SnapshotsOperation(cli.repositories());
        RepositoryChoice choice = choice();
        return new SnapshotsReport(running(run -> operation.run(choice, run)));
    }
}
