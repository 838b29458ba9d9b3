package dev.holdfast.control.config;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A repository named on the command line, for machines that have no stack file: a path, {@code s3://bucket/prefix} with
 * server and keys from the environment, or {@code sftp://user@host:port/path} with the key from there.
 */
public final class RepositoryUrl {
    private static final String EXAMPLE =
            "for example: --repository /var/backups/shop, --repository s3://shop-backup, or --repository sftp://backup@nas/srv/shop";

    private RepositoryUrl() {}

    /** The repository at a place, and what opens it as far as the environment says. */
    public static RepositoryConfig parse(String text, Environment environment) {
        return RepositoryConfig.of(environment.repositoryKey(), List.of(destination(text, environment)));
    }

    private static DestinationConfig destination(String text, Environment environment) {
        if (text.startsWith("s3://")) {
            S3Place place = s3(environment, "--repository").withBucket(text);
            if (place.bucket().isEmpty()) {
                throw new Invalid(ErrorCode.USAGE, "'" + text + "' names no bucket", EXAMPLE);
            }
            return new S3Config("s3", place);
        }
        if (text.startsWith("sftp://")) {
            return new SftpConfig("sftp", SftpReader.read(text, environment));
        }
        String path = text.startsWith("file://") ? text.substring("file://".length()) : text;
        if (path.isBlank() || path.contains("://")) {
            throw new Invalid(
                    ErrorCode.USAGE, "'" + text + "' is neither a path nor an s3:// or sftp:// address", EXAMPLE);
        }
        return new LocalConfig("local", Path.of(path).toAbsolutePath().normalize());
    }

    /** The S3 server that the environment names, without a bucket. */
    public static S3Place s3(Environment environment, String neededBy) {
        Optional<URI> endpoint = environment.value("S3_ENDPOINT").map(RepositoryUrl::endpoint);
        return new S3Place(
                endpoint,
                environment.value("AWS_REGION").orElse(S3Place.DEFAULT_REGION),
                "",
                "",
                keys(environment, endpoint.isEmpty(), neededBy),
                endpoint.isPresent(),
                S3Place.DEFAULT_CONNECTIONS);
    }

    private static URI endpoint(String text) {
        return S3Place.parseEndpoint(text)
                .orElseThrow(() -> new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "environment variable 'S3_ENDPOINT' is not a URL with http:// or https:// and without user",
                        "for example: export S3_ENDPOINT=http://127.0.0.1:9000"));
    }

    private static Optional<S3Keys> keys(Environment environment, boolean aws, String neededBy) {
        Optional<S3Keys> keys = environment.s3Keys();
        return keys.isPresent() || aws
                ? keys
                : Optional.of(new S3Keys(
                        secret(environment, Environment.ACCESS_KEY, neededBy),
                        secret(environment, Environment.SECRET_KEY, neededBy),
                        Optional.empty()));
    }

    private static Secret secret(Environment environment, String name, String neededBy) {
        return environment
                .secret(name)
                .orElseThrow(() -> new Missing(
                        ErrorCode.SECRET_MISSING,
                        "environment variable '" + name + "' is not set; " + neededBy + " needs it",
                        "set S3_ENDPOINT (unless it is AWS), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY before."));
    }
}
