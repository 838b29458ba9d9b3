package dev.holdfast.cli;

import dev.holdfast.cli.client.ServerPlace;
import dev.holdfast.cli.service.MadeKeys;
import dev.holdfast.cli.service.RepositoryPlaces;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.StackConfig;
import java.security.SecureRandom;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "now",
        header = "Backs up now, and waits.",
        description = {
            "Backs up now and waits for the end: on the server named, or on that of this machine if one runs and",
            "knows the stack that is described here, or if none is; and by itself otherwise. Then it makes the",
            "repository first where there is none, and a key where none is given and no stack file is there."
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
final class NowCommand extends TakingCommand {
    @Mixin
    StateOption state = new StateOption();

    NowCommand(Cli cli) {
        super(cli);
    }

    @Override
    StateFolder stateFolder() {
        return state.folder(cli);
    }

    @Override
    Report perform() {
        Optional<ServerPlace> named = remote.place(cli, file != null);
        if (named.isPresent()) {
            return takenAt(named.get(), Optional.ofNullable(stackName));
        }
        Optional<ServerPlace> own = file == null ? LocalServer.place(stateFolder()) : Optional.empty();
        if (own.isEmpty()) {
            return byItself();
        }
        Optional<String> meant = Optional.ofNullable(stackName).or(this::describedHere);
        boolean knows = meant.isEmpty()
                || stackName != null
                || RemoteOptions.ask(cli, own.get(), RemoteServer::stacks).contains(meant.get());
        return knows ? takenAt(own.get(), meant) : byItself();
    }

    /** The name of the stack that the folder or the environment describes: a server that runs may be there for another. */
    private Optional<String> describedHere() {
        return isDescribed() ? Optional.of(stack().name()) : Optional.empty();
    }

    private Report byItself() {
        StateFolder folder = stateFolder().create();
        StackConfig stack = unlocked(stack(true));
        new RepositoryPlaces(
                        cli.connectors(),
                        cli.repositories(),
                        folder,
                        new MadeKeys(folder, new SecureRandom()),
                        cli.clock())
                .prepare(stack, Optional.empty(), false);
        return taken(stack);
    }
}
