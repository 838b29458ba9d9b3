package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.engine.error.ErrorCode;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads where a bucket is. */
final class S3Reader {
    private static final List<String> S3_KEYS = List.of(
            "endpoint",
            "region",
            "bucket",
            "prefix",
            "access-key",
            "access-key-file",
            "secret-key",
            "secret-key-file",
            "path-style",
            "connections");

    private S3Reader() {}

    static S3Place read(Section section, String example) {
        return read(section, List.of(), example);
    }

    /**
     * @param more keys that somebody else reads
     */
    static S3Place read(Section section, List<String> more, String example) {
        section.only(Stream.concat(S3_KEYS.stream(), more.stream()).toList(), example);
        Optional<URI> endpoint = section.text("endpoint", Example.ENDPOINT).map(text -> endpoint(section, text));
        return new S3Place(
                endpoint,
                section.text("region", "region: us-east-1").orElse(S3Place.DEFAULT_REGION),
                section.requiredText("bucket", example),
                section.text("prefix", "prefix: \"backups/\"").orElse(""),
                keys(section, endpoint.isEmpty()),
                section.flag("path-style", endpoint.isPresent()),
                section.whole("connections", 1, S3Place.MAX_CONNECTIONS, S3Place.DEFAULT_CONNECTIONS));
    }

    private static URI endpoint(Section section, String text) {
        return S3Place.parseEndpoint(text)
                .orElseThrow(() -> new Stop(
                        section.line("endpoint"),
                        "'" + section.path() + ".endpoint' is not a URL with http:// or https:// and without user",
                        Example.ENDPOINT));
    }

    /** On AWS the machine may have a role, so there keys may be missing. */
    private static Optional<S3Keys> keys(Section section, boolean aws) {
        Optional<Secret> accessKey = section.secret("access-key");
        Optional<Secret> secretKey = section.secret("secret-key");
        if (accessKey.isEmpty() && secretKey.isEmpty()) {
            Optional<S3Keys> lent = section.environment().s3Keys();
            if (lent.isPresent() || aws) {
                return lent;
            }
        }
        return Optional.of(new S3Keys(
                accessKey.orElseGet(() -> secretOr(section, "access-key", Environment.ACCESS_KEY)),
                secretKey.orElseGet(() -> secretOr(section, "secret-key", Environment.SECRET_KEY)),
                Optional.empty()));
    }

    private static Secret secretOr(Section section, String key, String variable) {
        return section.environment()
                .secret(variable)
                .orElseThrow(() -> new Stop(
                        section.line(),
                        ErrorCode.SECRET_MISSING,
                        "'" + section.path() + "' has no '" + key + "', and environment variable '" + variable
                                + "' is not set",
                        "add it, for example: " + key + ": ${S3_"
                                + key.toUpperCase(Locale.ROOT).replace('-', '_') + "}"));
    }
}
