package dev.holdfast.cli;

import dev.holdfast.cli.client.ServerPlace;
import dev.holdfast.cli.service.StateFolder;
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

    @Mixin
    StateOption state = new StateOption();

    @Override
    StateFolder stateFolder() {
        return state.folder(cli);
    }

    /** The server named, or that of this machine where nothing else says what is meant. */
    private Optional<ServerPlace> place() {
        boolean localSaid = file != null || repository != null;
        return remote.place(cli, localSaid)
                .or(() -> localSaid || isDescribed() ? Optional.empty() : LocalServer.place(stateFolder()));
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
