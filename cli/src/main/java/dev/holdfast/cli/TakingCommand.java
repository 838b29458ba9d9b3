package dev.holdfast.cli;

import dev.holdfast.cli.client.ServerPlace;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.BackupOperation;
import dev.holdfast.control.operation.BackupResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands that take a snapshot, here or at a server. */
@Command
abstract class TakingCommand extends CliCommand {
    @Option(names = "--source", paramLabel = "NAME", description = "Back up only this source; may be repeated.")
    List<String> sources = new ArrayList<>();

    @Option(names = "--label", paramLabel = "K=V", description = "Attach this to the snapshot; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--stack", paramLabel = "NAME", order = 94, description = "Which stack of the server is meant.")
    @Nullable
    String stackName;

    @Mixin
    RemoteOptions remote = new RemoteOptions();

    TakingCommand(Cli cli) {
        super(cli);
    }

    final Report takenAt(ServerPlace place, Optional<String> stack) {
        BackupResult result = RemoteOptions.ask(
                cli, place, server -> running(run -> server.backup(server.stack(stack), sources, labels, run)));
        return new BackupReport(result, OptionalLong.empty());
    }

    final Report taken(StackConfig stack) {
        BackupOperation operation = new BackupOperation(cli.connectors(), cli.repositories(), cli.clock());
        BackupOperation.Request request = new BackupOperation.Request(stack, sources, labels);
        return new BackupReport(running(run -> operation.run(request, run)), PeakMemory.bytes());
    }
}
