package dev.holdfast.cli;

import dev.holdfast.control.operation.PinOperation;
import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "pin",
        header = "Holds on to snapshots.",
        description = {
            "Holds on to snapshots: neither retention nor anybody else can give up a pinned one before it is released.",
            "Without a snapshot it tells which are pinned. A pin is kept in the repository itself."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast pin",
            "  holdfast pin latest",
            "  holdfast pin --release 01jd8xk2",
            "",
            "Exit codes: 0 done; 26 there is no such snapshot.",
            "All are listed by 'holdfast --help'."
        })
final class PinCommand extends AnywhereCommand {
    @Parameters(arity = "0..*", paramLabel = "SNAPSHOT", description = "An id, or the beginning of one, or 'latest'.")
    List<String> snapshots = new ArrayList<>();

    @Option(names = "--release", description = "Release them.")
    boolean release;

    PinCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (release && snapshots.isEmpty()) {
            throw new Invalid(ErrorCode.USAGE, "--release without a snapshot", "name the snapshots to release.");
        }
        return new PinReport(atServer() ? remotely(this::remotely) : locally());
    }

    private List<Snapshot> locally() {
        RepositoryChoice choice = choice();
        PinOperation operation = new PinOperation(cli.repositories());
        return running(run -> operation.run(choice, snapshots, !release, run));
    }

    private List<Snapshot> remotely(RemoteServer server) {
        if (!snapshots.isEmpty()) {
            server.pin(stackOfServer(server), snapshots, !release);
        }
        return server.pinned(Optional.ofNullable(stackName));
    }

    /** What is pinned now. */
    private record PinReport(List<Snapshot> pinned) implements Report {
        @Override
        public Optional<ErrorCode> concern() {
            return Optional.empty();
        }

        @Override
        public void text(Page page) {
            pinned.forEach(snapshot -> page.line("Pinned: " + snapshot.id() + " of stack '" + snapshot.stack() + "', "
                    + page.time(snapshot.began())));
            if (pinned.isEmpty()) {
                page.line("No snapshot is pinned.");
            }
        }

        @Override
        public void json(Json json) {
            json.texts(
                    "pinned",
                    pinned.stream().map(snapshot -> snapshot.id().text()).toList());
        }
    }
}
