package dev.holdfast.cli;

import dev.holdfast.cli.service.Background;
import dev.holdfast.cli.service.ServerProcess;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "up",
        header = "Starts the server in the background.",
        description = {
            "Starts the server in the background and waits until it answers. Harmless where it runs already.",
            "Its log is in the folder 'logs' of its state folder; 'holdfast down' ends it."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast up",
            "  DATABASE_URL=postgresql://shop@db/shop holdfast up",
            "  holdfast up --stacks /etc/holdfast --port 8484",
            "",
            "Exit codes: 0 it answers; 76 it ended at once, or does not answer. All are listed by",
            "'holdfast --help'."
        })
final class UpCommand extends CliCommand {
    /** Set by the launcher: the launcher itself. */
    static final String LAUNCHER_VARIABLE = "HOLDFAST_LAUNCHER";

    @Mixin
    ServeOptions options = new ServeOptions();

    UpCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        StateFolder state = options.folder(cli).create();
        Optional<ServerProcess> running = ServerProcess.running(state);
        Background background = new Background(state);
        return running.isPresent()
                ? new UpReport(background.awaitReady(), state, false)
                : new UpReport(background.start(command(), cli.folder()), state, true);
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(launcher(), "serve"));
        command.addAll(options.arguments(cli, file));
        if (verbose) {
            command.add("--verbose");
        }
        return command;
    }

    private String launcher() {
        return cli.environment()
                .value(LAUNCHER_VARIABLE)
                .orElseThrow(() -> new Missing(
                        ErrorCode.CONFIGURATION_MISSING,
                        "the program's own launcher is not known",
                        "start 'holdfast up' by the program 'holdfast' of the distribution."));
    }

    /**
     * @param started whether it was not there before
     */
    record UpReport(ServerProcess process, StateFolder state, boolean started) implements Report {
        @Override
        public Optional<ErrorCode> concern() {
            return Optional.empty();
        }

        @Override
        public void text(Page page) {
            page.good((started ? "The server is up: " : "The server is up already: ") + process.url());
            page.line("Process " + process.pid() + ", state in " + state.path() + ", logs in " + state.logs());
        }

        @Override
        public void json(Json json) {
            json.field("url", process.url().toString())
                    .field("pid", process.pid())
                    .field("started", started)
                    .field("state", state.path().toString())
                    .field("logs", state.logs().toString());
        }
    }
}
