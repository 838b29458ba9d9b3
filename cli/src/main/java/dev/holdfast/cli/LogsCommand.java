package dev.holdfast.cli;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "logs",
        header = "Shows the log of a run of a server.",
        description = "Shows the log of a run, also while it goes on; of the newest run if none is named.",
        footer = {
            "",
            "Examples:",
            "  holdfast logs",
            "  holdfast logs 01jd8xk2m4p6q8r0s2t4v6w8x0",
            "  holdfast logs --server https://backup.example.org:8484",
            "",
            "Exit codes: 0 done; 76 no server answers; 87 there is no such run. All are listed by",
            "'holdfast --help'."
        })
final class LogsCommand extends ServerCommand {
    @Parameters(arity = "0..1", paramLabel = "RUN", description = "Id of the run.")
    @Nullable
    String run;

    LogsCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        return ask(server -> {
            String id = run == null ? newest(server) : run;
            return new LogsReport(id, server.runs().log(id));
        });
    }

    private String newest(RemoteServer server) {
        for (JsonNode newest : server.runs().list(stackOption(), 1)) {
            return newest.path("id").asString("");
        }
        throw new Missing(ErrorCode.UNKNOWN_NAME, "the server has no run yet", "'holdfast now' starts one.");
    }

    record LogsReport(String run, String log) implements Report {
        @Override
        public Optional<ErrorCode> concern() {
            return Optional.empty();
        }

        @Override
        public void text(Page page) {
            log.lines().forEach(page::line);
        }

        @Override
        public void json(Json json) {
            json.field("run", run).texts("lines", log.lines().toList());
        }
    }
}
