package dev.holdfast.cli;

import dev.holdfast.cli.client.ServerPlace;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Commands about snapshots that this machine can answer, or a server. */
@Command
abstract class AnywhereCommand extends RepositoryCommand {
    @Mixin
    RemoteOptions remote = new RemoteOptions();

    AnywhereCommand(Cli cli) {
        super(cli);
    }

    private Optional<ServerPlace> place() {
        return remote.place(cli, file != null || repository != null);
    }

    /** Whether a server is to be asked. */
    final boolean atServer() {
        return place().isPresent();
    }

    final <T> T remotely(Function<RemoteServer, T> question) {
        return RemoteOptions.ask(cli, place().orElseThrow(), question);
    }

    final String stackOfServer(RemoteServer server) {
        return server.stack(Optional.ofNullable(stackName));
    }
}
