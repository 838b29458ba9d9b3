package dev.holdfast.cli;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import picocli.CommandLine.Command;

/** Listed here, but started by the launcher: the demo brings libraries of its own. */
@Command(
        name = "demo",
        header = "Shows everything once on a stack of its own.",
        description = {
            "Shows everything once on a stack of its own: fills a small shop, backs it up to two places, destroys",
            "it, restores it and compares it."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast demo",
            "  holdfast demo --keep",
            "",
            "Exit codes: 0 everything was restored and is equal. All are listed by 'holdfast --help'."
        })
final class DemoCommand extends CliCommand {
    DemoCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        throw new Invalid(
                ErrorCode.USAGE,
                "the demo is started by the launcher",
                "run 'holdfast demo' with the program 'holdfast' of the distribution or the checkout.");
    }
}
