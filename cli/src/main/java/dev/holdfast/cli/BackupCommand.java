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

@Command(
        name = "backup",
        header = "Takes a snapshot of the stack.",
        description = {
            "Takes a snapshot of the stack: every database at one moment, then buckets, then directories.",
            "Only what changed is read and stored. A snapshot is whole or it is not there."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast backup",
            "  holdfast backup --label version=1.4.2 --label why=before-migration",
            "  holdfast backup --source database --json",
            "  holdfast backup --server https://backup.example.org:8484 --stack shop",
            "",
            "Exit codes: 0 everything is stored at every destination; 3 the snapshot is there, but a destination",
            "is behind or something was found; 40 to 63 a source; 80 cancelled, nothing was changed.",
            "All are listed by 'holdfast --help'."
        })
final class BackupCommand extends CliCommand {
    @Option(names = "--source", paramLabel = "NAME", description = "Back up only this source; may be repeated.")
    List<String> sources = new ArrayList<>();

    @Option(names = "--label", paramLabel = "K=V", description = "Attach this to the snapshot; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--stack", paramLabel = "NAME", order = 94, description = "Which stack of the server is meant.")
    @Nullable
    String stackName;

    @Mixin
    RemoteOptions remote = new RemoteOptions();

    BackupCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        return remote.place(cli, file != null).map(this::remotely).orElseGet(this::locally);
    }

    private Report remotely(ServerPlace place) {
        BackupResult result = RemoteOptions.ask(
                cli,
                place,
                server -> running(
                        run -> server.backup(server.stack(Optional.ofNullable(stackName)), sources, labels, run)));
        return new BackupReport(result, OptionalLong.empty());
    }

    private Report locally() {
        StackConfig stack = unlocked(stack());
        BackupOperation operation = new BackupOperation(cli.connectors(), cli.repositories(), cli.clock());
        BackupOperation.Request request = new BackupOperation.Request(stack, sources, labels);
        return new BackupReport(running(run -> operation.run(request, run)), PeakMemory.bytes());
    }
}
