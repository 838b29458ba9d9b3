package dev.holdfast.control.config;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.RepositoryKey;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/**
 * The environment variables Holdfast looks at. Immutable.
 *
 * @param variables all variables of the process, or a test's own
 */
public record Environment(Map<String, String> variables) {
    public static final String PASSPHRASE = "HOLDFAST_PASSPHRASE";
    public static final String RECOVERY_CODE = "HOLDFAST_RECOVERY_CODE";

    static final String ACCESS_KEY = "AWS_ACCESS_KEY_ID";
    static final String SECRET_KEY = "AWS_SECRET_ACCESS_KEY";

    public Environment {
        variables = Map.copyOf(variables);
    }

    /** A variable that is set and not empty. */
    public Optional<String> value(String name) {
        return Optional.ofNullable(variables.get(name)).filter(v -> !v.isEmpty());
    }

    /** A secret, given itself or, with {@code _FILE} behind the name, by the file that holds it. */
    public Optional<Secret> secret(String name) {
        Optional<Secret> itself = value(name).map(Secret::new);
        return itself.isPresent()
                ? itself
                : value(name + "_FILE").map(file -> fileNamedBy(name + "_FILE", Path.of(file)));
    }

    private static Secret fileNamedBy(String variable, Path file) {
        try {
            return secretIn(file);
        } catch (SecretUnreadable e) {
            throw new Missing(
                    ErrorCode.SECRET_MISSING,
                    variable + " names '" + file + "', " + e.getMessage(),
                    "put the secret into that file, alone and in one line.");
        }
    }

    /**
     * A secret that is alone in a file.
     *
     * @param neededBy what names the file, for people
     * @throws Missing (SECRET_MISSING) if there is none in it
     */
    public static Secret secretOf(Path file, String neededBy) {
        return fileNamedBy(neededBy, file);
    }

    /** The time zone of this machine: what {@code TZ} says, if that is one, else what the system does. */
    public ZoneId zone() {
        String name = value("TZ").orElse("");
        try {
            return ZoneId.of(name.startsWith(":") ? name.substring(1) : name);
        } catch (DateTimeException e) {
            return ZoneId.systemDefault();
        }
    }

    /** What opens a repository, as far as the environment says; a recovery code is only set to be used, so it goes first. */
    public Optional<RepositoryKey> repositoryKey() {
        Optional<Secret> code = secret(RECOVERY_CODE);
        return code.isPresent()
                ? code.map(c -> new RepositoryKey.RecoveryCode(c.text()))
                : secret(PASSPHRASE).map(p -> new RepositoryKey.Passphrase(p.text()));
    }

    /** The keys of an S3 server, if both halves are set. */
    Optional<S3Keys> s3Keys() {
        Optional<Secret> secretKey = secret(SECRET_KEY);
        return secret(ACCESS_KEY)
                .filter(_ -> secretKey.isPresent())
                .map(accessKey -> new S3Keys(accessKey, secretKey.orElseThrow(), secret("AWS_SESSION_TOKEN")));
    }

    /** A file that should hold a secret does not. */
    static final class SecretUnreadable extends Exception {
        private static final long serialVersionUID = 1L;

        SecretUnreadable(String message) {
            super(message);
        }
    }

    /** The content of a file without the line end behind it. */
    static Secret secretIn(Path file) throws SecretUnreadable {
        String content = contentOf(file);
        String text = content.endsWith("\n") ? content.substring(0, content.length() - 1) : content;
        text = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        if (text.isBlank()) {
            throw new SecretUnreadable("which is empty");
        }
        return new Secret(text);
    }

    private static String contentOf(Path file) throws SecretUnreadable {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new SecretUnreadable("which does not exist");
        } catch (MalformedInputException e) {
            throw new SecretUnreadable("which is not UTF-8 text");
        } catch (IOException e) {
            throw new SecretUnreadable("which cannot be read");
        }
    }
}
