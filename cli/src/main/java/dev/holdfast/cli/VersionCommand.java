package dev.holdfast.cli;

import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;
import picocli.CommandLine.Command;

@Command(
        name = "version",
        header = "Shows the version.",
        description = "Shows the version, the Java it runs on, and the repository format it writes.",
        footer = {"", "Examples:", "  holdfast version", "  holdfast version --json", "", "Exit codes: 0 done."})
final class VersionCommand extends CliCommand {
    VersionCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        return new VersionReport(Version.text(), Version.java(), Version.FORMAT);
    }

    private record VersionReport(String version, String java, int format) implements Report {
        @Override
        public Optional<ErrorCode> concern() {
            return Optional.empty();
        }

        @Override
        public void text(Page page) {
            page.line("holdfast " + version).line("java " + java).line("repository format " + format);
        }

        @Override
        public void json(Json json) {
            json.field("version", version).field("java", java).field("format", format);
        }
    }
}
