package dev.holdfast.control.operation;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.Repository;
import dev.holdfast.engine.repository.RepositoryKey;
import java.util.function.Consumer;

/** Makes the repository at every destination that has none yet. */
public final class InitOperation {
    static final int MIN_PASSPHRASE_LENGTH = 8;

    private final Repositories repositories;

    public InitOperation(Repositories repositories) {
        this.repositories = repositories;
    }

    public InitResult run(RepositoryConfig config) {
        return run(config, _ -> {});
    }

    /**
     * @param keeping is given the recovery code of a new repository just before there is one; if it throws, there is none
     */
    public InitResult run(RepositoryConfig config, Consumer<String> keeping) {
        RepositoryKey.Passphrase passphrase = passphrase(config);
        Repository.Created created = repositories.create(config, passphrase, keeping);
        return new InitResult(created.id(), created.recoveryCode(), created.added());
    }

    private static RepositoryKey.Passphrase passphrase(RepositoryConfig config) {
        RepositoryKey key = config.key().orElseThrow(InitOperation::missing);
        return switch (key) {
            case RepositoryKey.RecoveryCode _ ->
                throw new Invalid(
                        ErrorCode.USAGE,
                        "a repository is made with a passphrase, not with a recovery code",
                        "unset HOLDFAST_RECOVERY_CODE.");
            case RepositoryKey.Passphrase passphrase -> longEnough(passphrase);
        };
    }

    private static RepositoryKey.Passphrase longEnough(RepositoryKey.Passphrase passphrase) {
        int length = passphrase.text().codePointCount(0, passphrase.text().length());
        if (length < MIN_PASSPHRASE_LENGTH) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the passphrase has " + length + " characters; expected at least " + MIN_PASSPHRASE_LENGTH,
                    "four random words are a good one, for example made with: openssl rand -base64 24");
        }
        return passphrase;
    }

    private static Missing missing() {
        return new Missing(
                ErrorCode.SECRET_MISSING,
                "there is no passphrase for the repository",
                "set HOLDFAST_PASSPHRASE, or 'passphrase' or 'passphrase-file' under 'repository' in the stack file.");
    }
}
