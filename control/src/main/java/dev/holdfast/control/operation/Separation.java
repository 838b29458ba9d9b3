package dev.holdfast.control.operation;

import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.LocalConfig;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.S3Config;
import dev.holdfast.control.config.S3Place;
import dev.holdfast.control.config.SftpConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Keeps what is protected apart from where it is kept: a restore that replaces a place must never replace the repository with it,
 * and a bucket that holds the repository would be captured into itself.
 */
final class Separation {
    private Separation() {}

    /**
     * @throws Invalid if a restore to this place could touch a destination of the repository
     */
    static void requireTarget(SourceConfig place, RepositoryConfig repository) {
        for (DestinationConfig destination : repository.destinations()) {
            boolean overlap = switch (destination) {
                case LocalConfig local ->
                    place instanceof DirectoryConfig directory && overlap(directory.path(), local.path());
                case S3Config s3 -> place instanceof BucketConfig bucket && overlap(bucket.place(), s3.place());
                // another machine, as far as anybody can tell from here
                case SftpConfig _ -> false;
            };
            if (overlap) {
                throw refused(place, destination, "a restore would replace the repository");
            }
        }
    }

    /**
     * A directory may hold a destination, which is left out of the capture; a bucket may not.
     *
     * @throws Invalid if the source is a bucket that holds a destination of the repository
     */
    static void requireSource(SourceConfig source, RepositoryConfig repository) {
        for (DestinationConfig destination : repository.destinations()) {
            if (source instanceof BucketConfig bucket
                    && destination instanceof S3Config s3
                    && overlap(bucket.place(), s3.place())) {
                throw refused(source, destination, "each snapshot would hold all earlier ones");
            }
        }
    }

    private static Invalid refused(SourceConfig place, DestinationConfig destination, String consequence) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "'" + place.name() + "' (" + shown(place) + ") and destination '" + destination.name() + "' ("
                        + shown(destination) + ") lie one within the other: " + consequence,
                "choose another place for one of them.");
    }

    private static String shown(SourceConfig place) {
        return switch (place) {
            case DirectoryConfig directory -> directory.path().toString();
            case BucketConfig bucket -> bucket.place().url();
            case PostgresConfig postgres -> postgres.name();
        };
    }

    private static String shown(DestinationConfig destination) {
        return switch (destination) {
            case LocalConfig local -> local.path().toString();
            case S3Config s3 -> s3.place().url();
            case SftpConfig sftp -> sftp.folder().url();
        };
    }

    private static boolean overlap(Path one, Path other) {
        Path a = real(one);
        Path b = real(other);
        return a.startsWith(b) || b.startsWith(a);
    }

    /** The path without links, as far as it exists. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            return absolute.toRealPath();
        } catch (IOException e) {
            Path parent = absolute.getParent();
            Path name = absolute.getFileName();
            return parent == null || name == null ? absolute : real(parent).resolve(name);
        }
    }

    private static boolean overlap(S3Place one, S3Place other) {
        String a = folder(one.prefix());
        String b = folder(other.prefix());
        return one.endpoint().equals(other.endpoint())
                && one.bucket().equals(other.bucket())
                && (a.startsWith(b) || b.startsWith(a));
    }

    private static String folder(String prefix) {
        return prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    }
}
