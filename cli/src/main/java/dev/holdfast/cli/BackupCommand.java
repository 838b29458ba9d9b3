package dev.holdfast.cli;

import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.BackupOperation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "backup",
        header = "Takes a snapshot of the stack.",
        description = {
            "Takes a snapshot of the stack: every database at one moment, then buckets, then directories.",
            "Only what changed is read and stored. A snapshot is whole or it is not there."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast backup",
            "  holdfast backup --label version=1.4.2 --label why=before-migration",
            "  holdfast backup --source database --json",
            "",
            "Exit codes: 0 everything is stored at every destination; 3 the snapshot is there, but a destination",
            "is behind or something was found; 40 to 63 a source; 80 cancelled, nothing was changed.",
            "All are listed by 'holdfast --help'."
        })
final class BackupCommand extends CliCommand {
    @Option(names = "--source", paramLabel = "NAME", description = "Back up only this source; may be repeated.")
    List<String> sources = new ArrayList<>();

    @Option(names = "--label", paramLabel = "K=V", description = "Attach this to the snapshot; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();

    BackupCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        StackConfig stack = unlocked(stack());
        BackupOperation operation = new BackupOperation(cli.connectors(), cli.repositories(), cli.clock());
        BackupOperation.Request request = new BackupOperation.Request(stack, sources, labels);
        return new BackupReport(running(run -> operation.run(request, run)), PeakMemory.bytes());
    }
}
