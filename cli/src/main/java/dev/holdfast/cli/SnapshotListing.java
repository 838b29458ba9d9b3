package dev.holdfast.cli;

import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.control.operation.SnapshotsOperation;
import java.util.Optional;

/** The commands that list snapshots. */
abstract class SnapshotListing extends AnywhereCommand {
    SnapshotListing(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (atServer()) {
            return new SnapshotsReport(remotely(server -> server.snapshots(Optional.ofNullable(stackName))));
        }
        SnapshotsOperation operation = new SnapshotsOperation(cli.repositories());
        RepositoryChoice choice = choice();
        return new SnapshotsReport(running(run -> operation.run(choice, run)));
    }
}
