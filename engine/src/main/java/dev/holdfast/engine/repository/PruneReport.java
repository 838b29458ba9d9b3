package dev.holdfast.engine.repository;

/**
 * What a prune did, or with a dry run would do.
 *
 * @param dryRun whether nothing was changed
 * @param snapshotsKept snapshots that remain
 * @param snapshotsRemoved forgotten snapshots whose records were removed
 * @param packsBefore packs before
 * @param packsRemoved packs deleted
 * @param packsRewritten packs of which only the used part was kept
 * @param bytesBefore bytes in packs at each destination before
 * @param bytesFreed bytes freed at each destination
 */
public record PruneReport(
        boolean dryRun,
        long snapshotsKept,
        long snapshotsRemoved,
        long packsBefore,
        long packsRemoved,
        long packsRewritten,
        long bytesBefore,
        long bytesFreed) {}
