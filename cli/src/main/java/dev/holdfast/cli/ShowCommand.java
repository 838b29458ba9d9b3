package dev.holdfast.cli;

import dev.holdfast.control.operation.ShowOperation;
import dev.holdfast.control.operation.ShowResult;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        header = "Shows a snapshot, or the entries of one of its parts.",
        description = "Shows a snapshot: its parts, or the entries of one part.",
        footer = {
            "",
            "Examples:",
            "  holdfast show latest",
            "  holdfast show 01jd8x media",
            "  holdfast show latest uploads invoices/2026/ --json",
            "",
            "Exit codes: 0 done; 26 there is no such snapshot; 27 it has no such part.",
            "All are listed by 'holdfast --help'."
        })
final class ShowCommand extends AnywhereCommand {
    @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "'latest', an id, or the beginning of one.")
    String snapshot = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "PART", description = "List the entries of this part.")
    @Nullable
    String part;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "PREFIX",
            description = "Only entries whose names begin with this.")
    @Nullable
    String prefix;

    @Option(names = "--limit", paramLabel = "N", description = "Stop after so many entries.")
    long limit = Long.MAX_VALUE;

    ShowCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        return new ShowReport(showing(), limit, cli.terminal());
    }

    private Function<ShowReport.Lines, ShowResult> showing() {
        Optional<String> wanted = Optional.ofNullable(part);
        String beginning = prefix == null ? "" : prefix;
        if (atServer()) {
            return lines -> remotely(server -> server.show(stackOfServer(server), snapshot, wanted, beginning, lines));
        }
        ShowOperation operation = new ShowOperation(cli.repositories());
        ShowOperation.Request request = new ShowOperation.Request(choice(), snapshot, wanted, beginning);
        return lines -> running(run -> operation.run(request, lines.viewer(), run));
    }

    /** Entries are told while they are read: there may be more of them than memory holds. */
    @Override
    public Integer call() {
        Logging.verbose(verbose);
        ShowReport report = (ShowReport) perform();
        if (json) {
            return report.document(name());
        }
        report.text(new Page(cli.terminal().out(), cli.terminal().outColour(), cli.zone()));
        cli.terminal().out().flush();
        return report.concern().map(ErrorCode::number).orElse(0);
    }
}
