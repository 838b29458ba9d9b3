package dev.holdfast.cli;

import dev.holdfast.control.operation.CompareOperation;
import dev.holdfast.control.operation.SnapshotSelector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "compare",
        header = "Compares a snapshot with the live sources or restored copies.",
        description = {
            "Compares a snapshot with the live sources, or with restored copies: rows and content hash of every",
            "table, content and metadata of every object and file. Places are those that a server reaches where one",
            "does it; there only administrators may name some."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast compare",
            "  holdfast compare latest --part database --with database=shop_yesterday",
            "  holdfast compare --server https://backup.example.org:8484 --stack shop",
            "",
            "Exit codes: 0 everything is equal; 70 something differs, or nothing could be compared.",
            "All are listed by 'holdfast --help'."
        })
final class CompareCommand extends AnywhereCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "SNAPSHOT",
            description = "'latest' (if none is given), an id, or the beginning of one.")
    String snapshot = SnapshotSelector.LATEST;

    @Option(names = "--part", paramLabel = "NAME", description = "Compare only this part; may be repeated.")
    List<String> parts = new ArrayList<>();

    @Option(
            names = "--with",
            paramLabel = "PART=TARGET",
            description = "Compare a part with another place (as for 'restore --to'); may be repeated.")
    Map<String, String> places = new LinkedHashMap<>();

    CompareCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        if (atServer()) {
            return new CompareReport(atRepository((there, run) -> there.compare(snapshot, parts, places, run)));
        }
        CompareOperation operation = new CompareOperation(cli.connectors(), cli.repositories(), cli.environment());
        CompareOperation.Request request = new CompareOperation.Request(choice(), snapshot, parts, places);
        return new CompareReport(running(run -> operation.run(request, run)));
    }
}
