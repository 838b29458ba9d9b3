package dev.holdfast.cli;

import dev.holdfast.control.convert.Converted;
import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;

/**
 * A stack file that was made of the configuration of another tool.
 *
 * @param output where it was written; empty for standard output
 */
record ImportReport(Converted converted, Optional<String> output) implements Report {
    @Override
    public Optional<ErrorCode> concern() {
        return converted.notes().isEmpty() ? Optional.empty() : Optional.of(ErrorCode.FINDINGS);
    }

    @Override
    public void text(Page page) {
        output.ifPresent(file -> page.good("The stack file is '" + file + "'."));
        converted.notes().forEach(note -> page.warn("Note: " + note));
        page.line("It expects secrets in: " + String.join(", ", converted.secrets()) + ". None was copied.");
    }

    @Override
    public void json(Json json) {
        json.field("output", output.orElse(""))
                .field("stackFile", converted.text())
                .texts("notes", converted.notes())
                .texts("secrets", converted.secrets());
    }
}
