package dev.holdfast.engine.repository;

import java.nio.file.Path;

/**
 * How a repository is written and read; nothing here is part of the format.
 *
 * @param packTargetBytes size at which a data pack is closed, 4 MiB to 256 MiB
 * @param compressionLevel zstd level, -5 to 19
 * @param threads threads that cut, compress and seal
 * @param spool folder for packs on their way to the destinations, if no destination offers one on its own file system
 * @param softwareVersion written into commit records
 * @param host name of this machine, written into leases and commit records
 */
public record RepositoryOptions(
        int packTargetBytes, int compressionLevel, int threads, Path spool, String softwareVersion, String host) {
    public static final int DEFAULT_PACK_TARGET_BYTES = 64 << 20;
    public static final int DEFAULT_COMPRESSION_LEVEL = 1;

    public RepositoryOptions {
        if (packTargetBytes < 4 << 20 || packTargetBytes > 256 << 20) {
            throw new IllegalArgumentException("pack target of " + packTargetBytes + " bytes");
        }
        if (compressionLevel < -5 || compressionLevel > 19) {
            throw new IllegalArgumentException("compression level " + compressionLevel);
        }
        if (threads < 1) {
            throw new IllegalArgumentException(threads + " threads");
        }
    }
}
