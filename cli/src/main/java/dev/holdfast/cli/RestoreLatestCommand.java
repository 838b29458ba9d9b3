package dev.holdfast.cli;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.control.operation.RestoreOperation;
import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.SnapshotSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "restore-latest",
        header = "Brings the newest snapshot back to where it came from.",
        description = {
            "Brings the newest snapshot back to its own places, after a warning of what is replaced and a typed",
            "confirmation for each part. A database that is replaced is kept under the name <name>_before_<time>."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast restore-latest",
            "  holdfast restore-latest --part database",
            "  holdfast restore-latest --yes",
            "",
            "Exit codes: 0 everything is restored; 3 it is, but something is not exactly as it was; 26 there is",
            "no snapshot; 81 it was not confirmed. All are listed by 'holdfast --help'."
        })
final class RestoreLatestCommand extends AnywhereCommand {
    @Option(names = "--part", paramLabel = "NAME", description = "Restore only this part; may be repeated.")
    List<String> parts = new ArrayList<>();

    @Option(names = "--yes", description = "Confirm beforehand.")
    boolean yes;

    RestoreLatestCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (atServer()) {
            return new RestoreReport(remotely(this::restored));
        }
        RestoreOperation operation =
                new RestoreOperation(cli.connectors(), cli.repositories(), cli.environment(), cli.clock());
        RestoreOperation.Request request = new RestoreOperation.Request(
                choice(), SnapshotSelector.LATEST, parts, Map.of(), true, PostgresRestore.WHOLE, false);
        return new RestoreReport(running(run -> operation.run(request, confirmation(yes), run)));
    }

    private RestoreResult restored(RemoteServer server) {
        RemoteServer.Restoring wanted = new RemoteServer.Restoring(
                server.snapshot(stackOfServer(server), SnapshotSelector.LATEST),
                parts,
                Map.of(),
                true,
                PostgresRestore.WHOLE);
        return running(run -> server.restore(wanted, confirmation(yes), run));
    }
}
