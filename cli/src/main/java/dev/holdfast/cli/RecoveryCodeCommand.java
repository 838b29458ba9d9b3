package dev.holdfast.cli;

import dev.holdfast.cli.service.MadeKeys;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "recovery-code",
        header = "Shows the recovery code of a repository that the server made.",
        description = {
            "Shows what opens a repository if this machine and its key are lost. Note it down elsewhere, then say so",
            "with --saved: until then every start of the server reminds of it."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast recovery-code",
            "  holdfast recovery-code --stack shop --saved",
            "",
            "Exit codes: 0 done; 12 there is none here. All are listed by 'holdfast --help'."
        })
final class RecoveryCodeCommand extends CliCommand {
    @Option(names = "--stack", paramLabel = "NAME", description = "Of this stack; otherwise of all.")
    @Nullable
    String stackName;

    @Option(names = "--saved", description = "It is noted down elsewhere: do not remind of it any more.")
    boolean saved;

    @Mixin
    StateOption state = new StateOption();

    RecoveryCodeCommand(Cli cli) {
        super(cli);
    }

    @Override
    Report perform() {
        MadeKeys keys = new MadeKeys(state.folder(cli), new SecureRandom());
        List<String> stacks = stackName == null ? keys.withRecoveryCode() : List.of(stackName);
        List<Code> codes = stacks.stream()
                .flatMap(stack -> keys.recoveryCode(stack).map(code -> new Code(stack, code)).stream())
                .toList();
        if (codes.isEmpty()) {
            throw new Missing(
                    ErrorCode.SECRET_MISSING,
                    "no recovery code is kept in '" + state.folder(cli).path() + "'",
                    "a code is kept by the server that made the repository; 'holdfast init' shows it once.");
        }
        if (saved) {
            codes.forEach(code -> keys.saved(code.stack(), cli.clock().instant()));
        }
        return new CodesReport(codes, saved);
    }

    /** The code of a stack. */
    record Code(String stack, String code) {
        @Override
        public String toString() {
            return "Code[" + stack + "]";
        }
    }

    /**
     * @param saved whether it was said to be noted down
     */
    record CodesReport(List<Code> codes, boolean saved) implements Report {
        @Override
        public Optional<ErrorCode> concern() {
            return Optional.empty();
        }

        @Override
        public void text(Page page) {
            if (saved) {
                page.good("Noted: the recovery code is kept elsewhere too.");
                return;
            }
            codes.forEach(code -> page.line("The recovery code of stack '" + code.stack() + "':")
                    .blank()
                    .line("    " + code.code())
                    .blank());
            page.line("It opens the repository if the key is lost. Keep it away from this machine. Whoever has it can");
            page.line("read every backup. Then: holdfast recovery-code --saved");
        }

        @Override
        public void json(Json json) {
            json.field("saved", saved)
                    .objects(
                            "codes",
                            codes,
                            (Code code) -> json.field("stack", code.stack()).field("recoveryCode", code.code()));
        }
    }
}
