package dev.holdfast.cli;

import dev.holdfast.cli.service.MadeKeys;
import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.config.StackFileReader;
import dev.holdfast.control.operation.Confirmation;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.operation.RunListener;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.RepositoryKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands have: the options of every command, and the way from a result to the exit code. */
@Command(
        sortOptions = false,
        usageHelpAutoWidth = false,
        usageHelpWidth = 100,
        synopsisHeading = "Usage: ",
        descriptionHeading = "%n",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        abbreviateSynopsis = false)
abstract class CliCommand implements Callable<Integer> {
    static final String FILE_VARIABLE = "HOLDFAST_FILE";
    static final String USUAL_FILE = "holdfast.yaml";

    final Cli cli;

    @Spec
    @Nullable
    CommandSpec spec;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            order = 100,
            description = "The stack file; otherwise $HOLDFAST_FILE, otherwise ./holdfast.yaml.")
    @Nullable
    String file;

    @Option(names = "--json", order = 101, description = "Write the result as one JSON document.")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            order = 102,
            description = "Do not show progress.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            order = 103,
            description = "Log more, and show the trace of an unexpected error.")
    boolean verbose;

    @Option(
            names = {"-h", "--help"},
            order = 104,
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    CliCommand(Cli cli) {
        this.cli = cli;
    }

    /** Does the work. */
    abstract Report perform();

    final String name() {
        return spec == null ? "" : spec.name();
    }

    @Override
    public Integer call() {
        Logging.verbose(verbose);
        Report report = perform();
        return tell(report);
    }

    /** Whether standard output has another use than to tell about the run. */
    boolean writesToOut() {
        return false;
    }

    private Page page() {
        Terminal terminal = cli.terminal();
        return writesToOut()
                ? new Page(terminal.err(), terminal.errColour(), cli.zone())
                : new Page(terminal.out(), terminal.outColour(), cli.zone());
    }

    private int tell(Report report) {
        Optional<ErrorCode> concern = report.concern();
        boolean done = concern.isEmpty() || concern.get() == ErrorCode.FINDINGS;
        if (json) {
            try (Json document = new Json(cli.terminal().out(), name())) {
                document.field("ok", done);
                report.json(document);
                if (!done) {
                    document.error(concern.get(), report.problem(), report.hint());
                }
            }
        } else {
            report.text(page());
        }
        cli.terminal().out().flush();
        if (!done) {
            new Failures(cli.terminal()).text(concern.get(), report.problem(), report.hint());
        }
        return concern.map(ErrorCode::number).orElse(0);
    }

    /** Runs an operation, with its progress shown. */
    final <T> T running(Function<Run, T> operation) {
        try (ProgressTeller teller =
                new ProgressTeller(cli.terminal().err(), cli.terminal().live(), Terminal::width, System::nanoTime)) {
            cli.busy().accept(true);
            return operation.apply(new Run(quiet ? RunListener.NONE : teller, cli.cancellation()));
        } finally {
            cli.busy().accept(false);
        }
    }

    /** The folder of the server of this machine. */
    StateFolder stateFolder() {
        return StateFolder.of(Optional.empty(), cli.environment(), cli.folder());
    }

    /** The stack of the stack file; where none is named and none is there, that of the environment variables. */
    final StackConfig stack() {
        return stack(false);
    }

    /**
     * @param make whether a key may be made where environment variables describe a stack and give none
     */
    final StackConfig stack(boolean make) {
        StateFolder state = stateFolder();
        Optional<StackConfig> zero = isInFile() ? Optional.empty() : ZeroStack.of(ZeroStack.read(cli, state, make));
        return zero.orElseGet(() -> new StackFileReader(fileEnvironment(state)).read(stackFile(), stackFileName()));
    }

    /** Whether a stack file or the environment says what the stack is, well or badly. */
    final boolean isDescribed() {
        return isInFile()
                || ZeroStack.of(ZeroStack.read(cli, stateFolder(), false)).isPresent();
    }

    private boolean isInFile() {
        return file != null || cli.environment().value(FILE_VARIABLE).isPresent() || Files.exists(stackFile());
    }

    private Path stackFile() {
        return cli.folder().resolve(stackFileName());
    }

    private String stackFileName() {
        return Optional.ofNullable(file)
                .or(() -> cli.environment().value(FILE_VARIABLE))
                .orElse(USUAL_FILE);
    }

    /** With the key that the server of this machine made, if there is one and no other is given. */
    Environment fileEnvironment(StateFolder state) {
        return new MadeKeys(state, new SecureRandom()).keyedIfMade(cli.environment());
    }

    /** The stack with a key, asked for if neither file nor environment has one. */
    final StackConfig unlocked(StackConfig stack) {
        return stack.withRepository(unlocked(stack.repository()));
    }

    final RepositoryConfig unlocked(RepositoryConfig repository) {
        return repository.key().isPresent()
                ? repository
                : repository.withKey(new RepositoryKey.Passphrase(asked("Passphrase of the repository: ")));
    }

    final String asked(String prompt) {
        return cli.terminal()
                .person()
                .secret(prompt)
                .filter(typed -> !typed.isEmpty())
                .orElseThrow(() -> new Missing(
                        ErrorCode.SECRET_MISSING,
                        "there is no passphrase for the repository",
                        "set " + Environment.PASSPHRASE + " or " + Environment.RECOVERY_CODE
                                + ", or 'passphrase' or 'passphrase-file' under 'repository' in the stack file."));
    }

    /** Asks at the terminal, where there is one. */
    final Confirmation confirmation(boolean yes) {
        return yes ? Confirmation.GIVEN : this::confirmed;
    }

    private boolean confirmed(Confirmation.Question question) {
        if (!cli.terminal().person().present()) {
            return false;
        }
        cli.busy().accept(false);
        cli.terminal().err().println(Format.clean(question.loss()));
        Optional<String> answer =
                cli.terminal().person().answer("Type '" + Format.clean(question.word()) + "' to go on: ");
        cli.busy().accept(true);
        return answer.map(String::strip).filter(question.word()::equals).isPresent();
    }
}
