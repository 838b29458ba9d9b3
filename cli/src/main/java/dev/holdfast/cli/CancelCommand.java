package dev.holdfast.cli;

import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "cancel",
        header = "Ends a run of a server.",
        description = {
            "Ends a run that waits, or asks the one that is under way to end. What was not committed by then was",
            "never there."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast cancel 01jd8xk2m4p6q8r0s2t4v6w8x0",
            "",
            "Exit codes: 0 it was asked to; 76 no server answers; 87 there is no such run. All are listed by",
            "'holdfast --help'."
        })
final class CancelCommand extends ServerCommand {
    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    String run = "";

    CancelCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        return new CancelReport(ask(server -> server.runs().cancel(run)));
    }

    /** The run as it stands now. */
    record CancelReport(JsonNode run) implements Report {
        @Override
        public Optional<ErrorCode> concern() {
            return Optional.empty();
        }

        @Override
        public void text(Page page) {
            String state = run.path("state").asString("");
            page.line("Run " + run.path("id").asString("") + " is " + state
                    + (state.equals("running") ? ", and was asked to end." : "."));
        }

        @Override
        public void json(Json json) {
            json.document("run", run);
        }
    }
}
