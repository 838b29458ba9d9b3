package dev.holdfast.cli;

import dev.holdfast.cli.service.Background;
import dev.holdfast.engine.error.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "down",
        header = "Ends the server of this machine.",
        description = {
            "Ends the server in order: runs that are under way get a moment, and are cancelled then. Nothing that",
            "was not whole becomes visible. Harmless where none runs."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast down",
            "  holdfast down --patience 300",
            "",
            "Exit codes: 0 it is gone; 3 it had to be killed; 76 it cannot be ended; 78 it is somebody else's. All are",
            "listed by 'holdfast --help'."
        })
final class DownCommand extends CliCommand {
    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = "How long it may take before it is killed; 120 if nothing is said, which is longer than a"
                    + " server takes.")
    int patience = 120;

    @Mixin
    StateOption state = new StateOption();

    DownCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        return new DownReport(new Background(state.folder(cli)).stop(Duration.ofSeconds(Math.max(0, patience))));
    }

    /**
     * @param inOrder whether it ended by itself; empty if there was none
     */
    record DownReport(Optional<Boolean> inOrder) implements Report {
        @Override
        public Optional<ErrorCode> concern() {
            return inOrder.filter(ended -> !ended).map(_ -> ErrorCode.FINDINGS);
        }

        @Override
        public void text(Page page) {
            if (inOrder.isEmpty()) {
                page.line("No server is running.");
            } else if (inOrder.get()) {
                page.good("The server has ended.");
            } else {
                page.warn("The server did not end in time, and was killed. The next start tells what it was doing.");
            }
        }

        @Override
        public void json(Json json) {
            json.field("wasRunning", inOrder.isPresent()).field("inOrder", inOrder.orElse(true));
        }
    }
}
