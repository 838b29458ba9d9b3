package dev.holdfast.control.config;

import dev.holdfast.engine.repository.RepositoryKey;
import java.util.List;
import java.util.Optional;

/**
 * The repository of a stack.
 *
 * @param key what opens it; empty if neither the file nor the environment says
 * @param destinations where its copies are, at least one
 * @param packSize size at which a pack is closed
 * @param compression zstd level
 */
public record RepositoryConfig(
        Optional<RepositoryKey> key, List<DestinationConfig> destinations, ByteSize packSize, int compression) {
    public static final ByteSize DEFAULT_PACK_SIZE = ByteSize.mebibytes(64);
    public static final ByteSize MIN_PACK_SIZE = ByteSize.mebibytes(4);
    public static final ByteSize MAX_PACK_SIZE = ByteSize.mebibytes(256);
    public static final int DEFAULT_COMPRESSION = 1;
    public static final int MIN_COMPRESSION = -5;
    public static final int MAX_COMPRESSION = 19;

    public RepositoryConfig {
        destinations = List.copyOf(destinations);
        if (destinations.isEmpty()) {
            throw new IllegalArgumentException("a repository without a destination");
        }
    }

    /** A repository with the usual settings. */
    public static RepositoryConfig of(Optional<RepositoryKey> key, List<DestinationConfig> destinations) {
        return new RepositoryConfig(key, destinations, DEFAULT_PACK_SIZE, DEFAULT_COMPRESSION);
    }

    public RepositoryConfig withKey(RepositoryKey other) {
        return new RepositoryConfig(Optional.of(other), destinations, packSize, compression);
    }
}
