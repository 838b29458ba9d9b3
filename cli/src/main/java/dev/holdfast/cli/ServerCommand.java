package dev.holdfast.cli;

import dev.holdfast.cli.client.ServerPlace;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands that only a server can answer: the one named, or the one of this machine. */
@Command
abstract class ServerCommand extends CliCommand {
    @Mixin
    RemoteOptions remote = new RemoteOptions();

    @Mixin
    StateOption state = new StateOption();

    @Option(names = "--stack", paramLabel = "NAME", order = 94, description = "Which stack is meant.")
    @Nullable
    String stackName;

    ServerCommand(Cli cli) {
        super(cli);
    }

    final <T> T ask(Function<RemoteServer, T> question) {
        ServerPlace place = remote.place(cli, false)
                .or(() -> LocalServer.place(state.folder(cli)))
                .orElseThrow(() -> new Unavailable(
                        ErrorCode.SERVER_UNAVAILABLE,
                        "no server is named, and none that this user may ask runs on this machine",
                        "name one with --server or " + RemoteOptions.SERVER_VARIABLE
                                + ", or start one with 'holdfast up'."));
        return RemoteOptions.ask(cli, place, question);
    }

    final Optional<String> stackOption() {
        return Optional.ofNullable(stackName);
    }
}
