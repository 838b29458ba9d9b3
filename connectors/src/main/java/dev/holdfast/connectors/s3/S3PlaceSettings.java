package dev.holdfast.connectors.s3;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How files are put into a bucket.
 *
 * @param partBytes length of the parts of an upload, 5 MiB to 5 GiB; empty to choose it from how long the file is expected to be
 * @param maxParts how many parts an upload may have at the server, 1 to 10,000 (Scaleway takes 1,000)
 * @param checksum what the server is told besides {@code Content-MD5}
 * @param storageClass such as {@code STANDARD_IA}; empty for what the bucket says
 * @param encryption by the server; empty for what the bucket says
 * @param lock how long a file can be neither replaced nor removed; the bucket has to know locks
 * @param spool where parts longer than {@value #MEMORY_PART_MIB} MiB wait; empty for the system's folder of temporary files
 */
public record S3PlaceSettings(
        OptionalLong partBytes,
        int maxParts,
        Checksum checksum,
        Optional<String> storageClass,
        Optional<Encryption> encryption,
        Optional<Lock> lock,
        Optional<Path> spool) {
    static final int MEMORY_PART_MIB = 32;

    private static final long LEAST_PART = 5L << 20;
    private static final long MOST_PART = 5L << 30;
    private static final int MOST_PARTS = 10_000;

    /** What every server takes. */
    public static final S3PlaceSettings DEFAULT = new S3PlaceSettings(
            OptionalLong.empty(),
            MOST_PARTS,
            Checksum.MD5,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** A checksum of each body, which the server compares; some ignore those of the newer kind or refuse them. */
    public enum Checksum {
        /** {@code Content-MD5} alone, which every server knows. */
        MD5,
        /** The same and {@code x-amz-checksum-crc32}. */
        CRC32,
        /** The same and {@code x-amz-checksum-sha256}. */
        SHA256
    }

    /**
     * Encryption by the server.
     *
     * @param kmsKey the key at its key service; empty for keys that the server keeps itself
     */
    public record Encryption(Optional<String> kmsKey) {}

    /**
     * A lock of each file.
     *
     * @param mode who may lift it
     * @param lasting how long from the beginning of the upload, more than nothing
     */
    public record Lock(Mode mode, Duration lasting) {
        /** Who may lift a lock. */
        public enum Mode {
            /** Those with a right of its own. */
            GOVERNANCE,
            /** Nobody. */
            COMPLIANCE
        }

        public Lock {
            if (!lasting.isPositive()) {
                throw new IllegalArgumentException("locked for " + lasting);
            }
        }
    }

    public S3PlaceSettings {
        boolean odd =
                partBytes.isPresent() && (partBytes.getAsLong() < LEAST_PART || partBytes.getAsLong() > MOST_PART);
        if (odd || maxParts < 1 || maxParts > MOST_PARTS) {
            throw new IllegalArgumentException("at most " + maxParts + " parts of " + partBytes + " bytes");
        }
    }
}
