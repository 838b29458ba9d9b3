package dev.holdfast.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "incidents",
        header = "Lists what is wrong at a server.",
        description =
                "Lists what goes on: failures, missed runs, copies that are behind and the like, newest first; with"
                        + " --all also what is over.",
        footer = {
            "",
            "Examples:",
            "  holdfast incidents",
            "  holdfast incidents --all --stack shop --json",
            "",
            "Exit codes: 0 done, whatever goes on; 76 no server answers; 77 it does not know the token. All are listed by",
            "'holdfast --help'."
        })
final class IncidentsCommand extends ServerCommand {
    @Option(names = "--all", description = "Also what is over.")
    boolean all;

    @Option(names = "--limit", paramLabel = "N", description = "How many at most; 20 if nothing is said.")
    int limit = 20;

    IncidentsCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        return new IncidentsReport(ask(server -> server.incidents(stackOption(), all, Math.clamp(limit, 1, 1000))));
    }
}
