package dev.holdfast.control.export;

import dev.holdfast.control.config.ByteSize;
import dev.holdfast.control.config.S3Place;
import dev.holdfast.control.config.SftpFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where exported files are kept. */
public sealed interface PlaceConfig {
    /** For people; no secret. */
    String location();

    /**
     * A folder of this machine.
     *
     * @param path the folder, absolute
     */
    record Local(Path path) implements PlaceConfig {
        @Override
        public String location() {
            return path.toString();
        }
    }

    /**
     * A bucket.
     *
     * @param place where it is
     * @param partSize how long the parts of an upload are; empty to let the place choose
     * @param maxParts how many parts an upload may have at most
     * @param storageClass how the store is to keep the objects; empty for its own way
     * @param lock how long nobody may remove an object after it was written; empty for not at all
     */
    record S3(
            S3Place place,
            Optional<ByteSize> partSize,
            int maxParts,
            Optional<String> storageClass,
            Optional<Duration> lock)
            implements PlaceConfig {
        public static final int MOST_PARTS = 10_000;
        public static final ByteSize LEAST_PART = ByteSize.mebibytes(5);
        public static final ByteSize MOST_PART = ByteSize.mebibytes(5120);

        @Override
        public String location() {
            return place.url();
        }
    }

    /**
     * A folder of another server.
     *
     * @param folder where it is
     */
    record Sftp(SftpFolder folder) implements PlaceConfig {
        @Override
        public String location() {
            return folder.url();
        }
    }
}
