package dev.holdfast.cli;

import dev.holdfast.cli.client.ServerPlace;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.operation.Run;
import java.util.Optional;
import java.util.function.BiFunction;
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

    private Optional<ServerPlace> place() {
        return remote.placeOrOwn(this, file != null || repository != null);
    }

    /** Whether a server is to be asked. */
    final boolean atServer() {
        return place().isPresent();
    }

    final <T> T remotely(Function<RemoteServer, T> question) {
        return RemoteOptions.ask(cli, place().orElseThrow(), question);
    }

    /** Has a server do something to the repository of the stack that is meant, with its progress shown. */
    final <T> T atRepository(BiFunction<RemoteRepository, Run, T> work) {
        return remotely(server -> {
            RemoteRepository there = server.repository(Optional.ofNullable(stackName));
            return running(run -> work.apply(there, run));
        });
    }

    final String stackOfServer(RemoteServer server) {
        return server.stack(Optional.ofNullable(stackName));
    }
}
