package dev.holdfast.cli;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.RepositoryUrl;
import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands that need no stack file if they are told where the repository is. */
@Command
abstract class RepositoryCommand extends CliCommand {
    @Option(
            names = "--repository",
            paramLabel = "PLACE",
            order = 98,
            description = "Work without a stack file: a path, or s3://bucket/prefix with S3_ENDPOINT, AWS_REGION,"
                    + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the environment. What opens it is"
                    + " HOLDFAST_PASSPHRASE or HOLDFAST_RECOVERY_CODE.")
    @Nullable
    String repository;

    @Option(
            names = "--stack",
            paramLabel = "NAME",
            order = 99,
            description = "Whose snapshots are meant, where the repository holds several stacks.")
    @Nullable
    String stackName;

    RepositoryCommand(Cli cli) {
        super(cli);
    }

    final RepositoryChoice choice() {
        if (repository == null) {
            RepositoryChoice own = RepositoryChoice.of(unlocked(stack()));
            return stackName == null
                    ? own
                    : new RepositoryChoice(own.repository(), own.stack(), Optional.of(stackName));
        }
        if (file != null) {
            throw new Invalid(ErrorCode.USAGE, "--file and --repository exclude each other", "leave one of them out.");
        }
        RepositoryConfig config = unlocked(RepositoryUrl.parse(repository, cli.environment()));
        return RepositoryChoice.of(config, Optional.ofNullable(stackName));
    }
}
