package dev.holdfast.cli;

import dev.holdfast.cli.client.ServerPlace;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.BackupOperation;
import dev.holdfast.control.operation.BackupResult;
import dev.holdfast.control.operation.InitOperation;
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
        name = "now",
        header = "Backs up now, and waits.",
        description = {
            "Backs up now and waits for the end: on the server named, or on that of this machine if one runs, and",
            "by itself otherwise; then it makes the repository first where there is none."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast now",
            "  holdfast now --source database --label why=before-migration",
            "  DATABASE_URL=postgresql://shop@db/shop holdfast now",
            "",
            "Exit codes: 0 everything is stored at every destination; 3 the snapshot is there, but a destination",
            "is behind or something was found; 40 to 63 a source; 80 cancelled. All are listed by",
            "'holdfast --help'."
        })
final class NowCommand extends CliCommand {
    @Option(names = "--source", paramLabel = "NAME", description = "Back up only this source; may be repeated.")
    List<String> sources = new ArrayList<>();

    @Option(names = "--label", paramLabel = "K=V", description = "Attach this to the snapshot; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--stack", paramLabel = "NAME", order = 94, description = "Which stack of the server is meant.")
    @Nullable
    String stackName;

    @Mixin
    RemoteOptions remote = new RemoteOptions();

    @Mixin
    StateOption state = new StateOption();

    NowCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        Optional<ServerPlace> server = remote.place(cli, file != null)
                .or(() -> file == null ? LocalServer.place(state.folder(cli)) : Optional.empty());
        return server.map(this::remotely).orElseGet(this::locally);
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
        new InitOperation(cli.repositories()).run(stack.repository());
        BackupOperation operation = new BackupOperation(cli.connectors(), cli.repositories(), cli.clock());
        BackupOperation.Request request = new BackupOperation.Request(stack, sources, labels);
        return new BackupReport(running(run -> operation.run(request, run)), PeakMemory.bytes());
    }
}
