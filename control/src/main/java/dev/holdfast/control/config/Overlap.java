package dev.holdfast.control.config;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Finds arrangements that can only be mistakes: two destinations in one place, a backup that contains itself. */
final class Overlap {
    private Overlap() {}

    static Optional<String> find(StackConfig stack) {
        return twins(stack).or(() -> containsItself(stack));
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
