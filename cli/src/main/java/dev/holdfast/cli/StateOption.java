package dev.holdfast.cli;

import dev.holdfast.cli.service.StateFolder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of all commands that are about the server of this machine. */
final class StateOption {
    @Option(
            names = "--state",
            paramLabel = "DIR",
            order = 97,
            description = "The server's folder; otherwise $HOLDFAST_STATE, /var/lib/holdfast where it may be written,"
                    + " or ~/.local/state/holdfast.")
    @Nullable
    String named;

    StateFolder folder(Cli cli) {
        return StateFolder.of(Optional.ofNullable(named), cli.environment(), cli.folder());
    }
}
