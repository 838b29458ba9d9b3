package dev.holdfast.control.config;

import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.ExportPlace;
import dev.holdfast.control.export.PlaceConfig;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Finds arrangements that can only be mistakes: two destinations in one place, a backup that contains itself. */
final class Overlap {
    private Overlap() {}

    static Optional<String> find(StackConfig stack) {
        return twins(stack).or(() -> containsItself(stack)).or(() -> exports(stack));
    }

    /** Ordinary files among a repository's would be taken for damage; within a source every backup would contain all earlier ones. */
    private static Optional<String> exports(StackConfig stack) {
        for (ExportConfig export : stack.exports()) {
            for (ExportPlace place : export.places()) {
                String named = "place '" + place.name() + "' of export '" + export.name() + "'";
                for (DestinationConfig destination : stack.repository().destinations()) {
                    if (meet(place.config(), destination)) {
                        return Optional.of(named + " and destination '" + destination.name()
                                + "' lie one within the other; expected a place of its own");
                    }
                }
                for (SourceConfig source : stack.sources()) {
                    if (isWithin(place.config(), source)) {
                        return Optional.of(named + " lies inside source '" + source.name()
                                + "'; expected a place outside, or every backup would contain all earlier ones");
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean meet(PlaceConfig place, DestinationConfig destination) {
        return switch (place) {
            case PlaceConfig.Local local ->
                destination instanceof LocalConfig folder
                        && (local.path().startsWith(folder.path())
                                || folder.path().startsWith(local.path()));
            case PlaceConfig.S3 s3 ->
                destination instanceof S3Config other
                        && sameBucket(s3.place(), other.place())
                        && (folder(s3.place()).startsWith(folder(other.place()))
                                || folder(other.place()).startsWith(folder(s3.place())));
            case PlaceConfig.Sftp sftp ->
                destination instanceof SftpConfig other
                        && sameServer(sftp.folder(), other.folder())
                        && (folder(sftp.folder()).startsWith(folder(other.folder()))
                                || folder(other.folder()).startsWith(folder(sftp.folder())));
        };
    }

    private static boolean isWithin(PlaceConfig place, SourceConfig source) {
        return switch (place) {
            case PlaceConfig.Local local ->
                source instanceof DirectoryConfig directory && local.path().startsWith(directory.path());
            case PlaceConfig.S3 s3 ->
                source instanceof BucketConfig bucket
                        && sameBucket(s3.place(), bucket.place())
                        && folder(s3.place()).startsWith(bucket.place().prefix());
            case PlaceConfig.Sftp _ -> false;
        };
    }

    private static boolean sameServer(SftpFolder one, SftpFolder other) {
        return one.server().host().equals(other.server().host())
                && one.server().port() == other.server().port()
                && one.server().user().equals(other.server().user());
    }

    private static String folder(SftpFolder folder) {
        return folder.path().endsWith("/") ? folder.path() : folder.path() + "/";
    }

    private static boolean sameBucket(S3Place one, S3Place other) {
        return one.endpoint().equals(other.endpoint()) && one.bucket().equals(other.bucket());
    }

    private static String folder(S3Place place) {
        return place.prefix().isEmpty() || place.prefix().endsWith("/") ? place.prefix() : place.prefix() + "/";
    }

    private static Optional<String> twins(StackConfig stack) {
        Set<Object> places = new HashSet<>();
        return stack.repository().destinations().stream()
                .filter(destination -> !places.add(place(destination)))
                .map(destination -> "destination '" + destination.name()
                        + "' is in the same place as another one; expected a place of its own")
                .findFirst();
    }

    private static Object place(DestinationConfig destination) {
        return switch (destination) {
            case LocalConfig local -> local.path();
            case SftpConfig sftp -> sftp.folder().url();
            case S3Config s3 -> s3.place().endpoint() + " " + s3.place().url();
        };
    }

    private static Optional<String> containsItself(StackConfig stack) {
        for (SourceConfig source : stack.sources()) {
            for (DestinationConfig destination : stack.repository().destinations()) {
                if (contains(source, destination)) {
                    return Optional.of("destination '" + destination.name() + "' lies inside source '" + source.name()
                            + "'; expected a place outside, or every backup would contain all earlier ones");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean contains(SourceConfig source, DestinationConfig destination) {
        return switch (source) {
            case PostgresConfig _ -> false;
            // left out while the directory is read
            case DirectoryConfig _ -> false;
            case BucketConfig bucket ->
                destination instanceof S3Config s3
                        && s3.place().endpoint().equals(bucket.place().endpoint())
                        && s3.place().bucket().equals(bucket.place().bucket())
                        && s3.place().prefix().startsWith(bucket.place().prefix());
        };
    }
}
