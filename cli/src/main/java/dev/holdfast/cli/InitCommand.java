package dev.holdfast.cli;

import dev.holdfast.cli.service.StateFolder;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Example;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.operation.InitOperation;
import dev.holdfast.control.operation.InitResult;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.RepositoryKey;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "init",
        header = "Makes the repository.",
        description = {
            "Makes the repository at every destination of the stack file that has none yet, and shows the",
            "recovery code once. Harmless when nothing is left to do; run it again after adding a destination."
        },
        footer = {
            "",
            "Examples:",
            "  holdfast init",
            "  holdfast init --recovery-code-file /root/shop.recovery-code",
            "",
            "A stack file, holdfast.yaml:",
            Example.FILE,
            "Exit codes: 0 done; 10 to 12 the stack file or a secret; 21 a destination has a repository that",
            "the passphrase does not open; 30 to 33 a destination. All are listed by 'holdfast --help'."
        })
final class InitCommand extends CliCommand {
    @Option(
            names = "--recovery-code-file",
            paramLabel = "FILE",
            description = "Write the recovery code to this new file (mode 600) instead of showing it.")
    @Nullable
    String recoveryCodeFile;

    InitCommand(Cli cli) {
        super(cli);
    }

    /** Whoever makes a repository by hand chooses its passphrase. */
    @Override
    Environment fileEnvironment(StateFolder state) {
        return cli.environment();
    }

    @Override
    Report perform() {
        RepositoryConfig config = stack().repository();
        RepositoryConfig withKey = config.key().isPresent() ? config : config.withKey(chosenPassphrase());
        Optional<Path> codeFile = Optional.ofNullable(recoveryCodeFile).map(cli.folder()::resolve);
        codeFile.ifPresent(InitCommand::refuseExisting);
        InitResult result = new InitOperation(cli.repositories()).run(withKey);
        codeFile.filter(_ -> result.created()).ifPresent(path -> write(path, result.recoveryCode()));
        return new InitReport(result, codeFile);
    }

    private RepositoryKey.Passphrase chosenPassphrase() {
        String first = asked("New passphrase of the repository: ");
        if (!first.equals(asked("The same again: "))) {
            throw new Invalid(ErrorCode.USAGE, "the two passphrases are not the same", "");
        }
        return new RepositoryKey.Passphrase(first);
    }

    private static void refuseExisting(Path file) {
        if (Files.exists(file)) {
            throw exists(file);
        }
    }

    private static AlreadyExists exists(Path file) {
        return new AlreadyExists(
                ErrorCode.FILE_UNWRITABLE,
                "'" + file + "' exists already; a recovery code is never written over something",
                "name a new file.");
    }

    /** The repository exists by now, so a code that cannot be written is shown rather than lost. */
    private void write(Path file, String code) {
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            Files.createFile(file, mode);
            try (Writer writer = Files.newBufferedWriter(file)) {
                writer.write(code + "\n");
            }
        } catch (FileAlreadyExistsException e) {
            cli.terminal().err().println("The recovery code is: " + code);
            throw exists(file);
        } catch (IOException e) {
            cli.terminal().err().println("The recovery code is: " + code);
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE,
                    "the repository was made, but '" + file + "' cannot be written",
                    "keep the recovery code shown above.",
                    e);
        }
    }
}
