package dev.holdfast.control.config;

import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.Optional;

/**
 * A place of backup files that is named on the command line: {@code s3://bucket/prefix} with server and keys from the environment, or
 * {@code sftp://user@host:port/path} with the key from there.
 */
public final class PlaceUrl {
    private PlaceUrl() {}

    /** Whether it is meant as one, and not as a path. */
    public static boolean isOne(String text) {
        return text.startsWith("s3://") || text.startsWith("sftp://");
    }

    /**
     * @throws Invalid (USAGE) if it is none
     */
    public static PlaceConfig parse(String text, Environment environment) {
        if (text.startsWith("s3://")) {
            S3Place place = RepositoryUrl.s3(environment, "an s3:// address").withBucket(text);
            if (place.bucket().isEmpty()) {
                throw new Invalid(
                        ErrorCode.USAGE, "'" + text + "' names no bucket", "for example: s3://shop-exports/daily");
            }
            return new PlaceConfig.S3(
                    place, Optional.empty(), PlaceConfig.S3.MOST_PARTS, Optional.empty(), Optional.empty());
        }
        return new PlaceConfig.Sftp(SftpReader.read(text, environment));
    }
}
