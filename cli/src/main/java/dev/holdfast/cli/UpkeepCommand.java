package dev.holdfast.cli;

import dev.holdfast.cli.client.ServerPlace;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.Run;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands that change the repository of a stack, at all its destinations: this machine does it, or a server. */
@Command
abstract class UpkeepCommand extends CliCommand {
    @Option(
            names = "--stack",
            paramLabel = "NAME",
            order = 94,
            description = "Which stack is meant, where a server has several.")
    @Nullable
    String stackName;

    @Mixin
    RemoteOptions remote = new RemoteOptions();

    @Mixin
    StateOption state = new StateOption();

    UpkeepCommand(Cli cli) {
        super(cli);
    }

    @Override
    final StateFolder stateFolder() {
        return state.folder(cli);
    }

    /**
     * The stack that is described here, with a key.
     *
     * @throws Invalid (USAGE) if another was named: nobody means this one then
     */
    final StackConfig here() {
        StackConfig stack = stack();
        if (stackName != null && !stackName.equals(stack.name())) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "what is described here is stack '" + stack.name() + "' and not '" + stackName + "'",
                    "name another stack file with --file, or a server with --server.");
        }
        return unlocked(stack);
    }

    private Optional<ServerPlace> place() {
        return remote.placeOrOwn(this, file != null);
    }

    /** Whether a server is to be asked. */
    final boolean atServer() {
        return place().isPresent();
    }

    /** Has a server answer about the repository of the stack that is meant. */
    final <T> T remotely(Function<RemoteRepository, T> question) {
        return RemoteOptions.ask(
                cli,
                place().orElseThrow(),
                server -> question.apply(server.repository(Optional.ofNullable(stackName))));
    }

    /** Has a server do something to it, with its progress shown. */
    final <T> T atRepository(BiFunction<RemoteRepository, Run, T> work) {
        return remotely(there -> running(run -> work.apply(there, run)));
    }
}
