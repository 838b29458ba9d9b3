package dev.holdfast.cli;

import dev.holdfast.control.operation.InitResult;
import dev.holdfast.engine.error.ErrorCode;
import java.nio.file.Path;
import java.util.Optional;

record InitReport(InitResult result, Optional<Path> codeFile) implements Report {
    private static final String EDGE = "+" + "-".repeat(74) + "+";

    @Override
    public Optional<ErrorCode> concern() {
        return result.concern();
    }

    @Override
    public void text(Page page) {
        if (result.added().isEmpty()) {
            page.good("Repository " + result.repository() + " is there already, at every destination.");
            return;
        }
        page.good((result.created() ? "Made repository " : "Added to repository ") + result.repository() + ": "
                + String.join(", ", result.added()));
        if (result.created()) {
            codeFile.ifPresentOrElse(
                    file -> page.line("The recovery code is in " + file + "; keep a copy somewhere else."),
                    () -> note(page));
        }
    }

    private void note(Page page) {
        page.blank().line(EDGE);
        framed(page, "RECOVERY CODE, shown this once:");
        framed(page, "");
        framed(page, "    " + result.recoveryCode());
        framed(page, "");
        framed(page, "It opens the repository if the passphrase is lost. Write it down and");
        framed(page, "keep it away from this machine. Whoever has it can read every backup;");
        framed(page, "whoever has neither it nor the passphrase can read none.");
        page.line(EDGE);
    }

    private static void framed(Page page, String text) {
        page.line("| " + text + " ".repeat(Math.max(0, 73 - text.length())) + "|");
    }

    @Override
    public void json(Json json) {
        json.field("repository", result.repository()).field("created", result.created());
        if (result.created() && codeFile.isEmpty()) {
            json.field("recoveryCode", result.recoveryCode());
        }
        codeFile.filter(_ -> result.created()).ifPresent(file -> json.field("recoveryCodeFile", file.toString()));
        json.texts("added", result.added());
    }
}
