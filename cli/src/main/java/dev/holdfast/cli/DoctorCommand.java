package dev.holdfast.cli;

import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.DoctorOperation;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        header = "Looks at everything that a backup needs.",
        description = {
            "Looks at every source, every destination and the repository the way a backup does, and tells all that",
            "is found: what it means and what to do. A problem is what a backup would end with. Makes no snapshot;",
            "at destinations, scratch objects are written and removed."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast doctor",
            "  holdfast doctor --source database --json",
            "",
            "Exit codes: 0 all is well; 3 there are warnings; else the code of the first problem, which is",
            "the one a backup would end with. All are listed by 'holdfast --help'."
        })
final class DoctorCommand extends CliCommand {
    @Option(names = "--source", paramLabel = "NAME", description = "Look only at this source; may be repeated.")
    List<String> sources = new ArrayList<>();

    DoctorCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        StackConfig stack = unlocked(stack());
        DoctorOperation operation = new DoctorOperation(cli.connectors(), cli.repositories(), cli.clock());
        return new DoctorReport(running(run -> operation.run(stack, sources, run)));
    }
}
