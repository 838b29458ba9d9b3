package dev.holdfast.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "runs",
        header = "Lists what a server did, does and is going to do.",
        description =
                "Lists the runs of a server, newest first: what waits for what, what is under way, what became of it.",
        footer = {
            "",
            "Examples:",
            "  holdfast runs",
            "  holdfast runs --stack shop --limit 50 --json",
            "  holdfast runs --server https://backup.example.org:8484",
            "",
            "Exit codes: 0 done; 76 no server answers; 77 it does not know the token. All are listed by",
            "'holdfast --help'."
        })
final class RunsCommand extends ServerCommand {
    @Option(names = "--limit", paramLabel = "N", description = "How many at most; 20 if nothing is said.")
    int limit = 20;

    RunsCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        return new RunsReport(ask(server -> server.runs().list(stackOption(), Math.clamp(limit, 1, 1000))));
    }
}
