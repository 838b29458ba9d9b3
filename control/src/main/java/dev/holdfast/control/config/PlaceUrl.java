package dev.holdfast.control.config;

import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A place for exported files, or for backup files of others, named on the command line: a path, {@code s3://bucket/prefix} with server and keys from the environment, or
 * {@code sftp://user@host:port/path} with the key from there.
 */
public final class PlaceUrl {
    private static final String EXAMPLE =
            "for example: /mnt/everything, s3://shop-exports/all, or sftp://backup@nas/srv/exports.";

    private PlaceUrl() {}

    /** Whether it is meant as one, and not as a path. */
    public static boolean isOne(String text) {
        return text.startsWith("s3://") || text.startsWith("sftp://");
    }

    /**
     * @param folder where relative paths begin
     * @param option by which it was named
     */
    public static PlaceConfig parse(String text, Path folder, Environment environment, String option) {
        if (text.startsWith("s3://")) {
            S3Place place = RepositoryUrl.s3(environment, option).withBucket(text);
            if (place.bucket().isEmpty()) {
                throw new Invalid(ErrorCode.USAGE, "'" + text + "' names no bucket", EXAMPLE);
            }
            return new PlaceConfig.S3(
                    place, Optional.empty(), PlaceConfig.S3.MOST_PARTS, Optional.empty(), Optional.empty());
        }
        if (text.startsWith("sftp://")) {
            return new PlaceConfig.Sftp(SftpReader.read(text, environment));
        }
        if (text.contains("://")) {
            throw new Invalid(
                    ErrorCode.USAGE, "'" + text + "' is neither a path nor an s3:// or sftp:// address", EXAMPLE);
        }
        return new PlaceConfig.Local(folder.resolve(text).toAbsolutePath().normalize());
    }
}
