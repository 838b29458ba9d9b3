package dev.holdfast.control.run;

import dev.holdfast.connectors.postgres.PostgresRestore;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What somebody asks for. */
public sealed interface RunRequest {
    /** Name of the stack. */
    String stack();

    RunKind kind();

    /**
     * @param sources names of the sources to back up; empty for all
     * @param labels what to attach to the snapshot
     */
    record Backup(String stack, List<String> sources, Map<String, String> labels) implements RunRequest {
        public Backup {
            sources = List.copyOf(sources);
            labels = Map.copyOf(labels);
        }

        /** Everything. */
        public static Backup of(String stack) {
            return new Backup(stack, List.of(), Map.of());
        }

        @Override
        public RunKind kind() {
            return RunKind.BACKUP;
        }
    }

    /**
     * @param snapshot {@code latest}, an id, or the beginning of one
     * @param parts names of the parts to restore; empty for all
     * @param places part to place, where it is not the source's own
     * @param overwrite whether what is there may be replaced, if that is confirmed
     * @param confirmed whether a person agreed to what will be lost
     * @param database what is asked of the restore of databases
     * @param dryRun whether to plan and leave everything as it is
     */
    record Restore(
            String stack,
            String snapshot,
            List<String> parts,
            Map<String, String> places,
            boolean overwrite,
            boolean confirmed,
            PostgresRestore database,
            boolean dryRun)
            implements RunRequest {
        public Restore {
            parts = List.copyOf(parts);
            places = Map.copyOf(places);
        }

        @Override
        public RunKind kind() {
            return RunKind.RESTORE;
        }
    }

    /**
     * @param readData whether all data is read again
     */
    record Check(String stack, boolean readData) implements RunRequest {
        @Override
        public RunKind kind() {
            return RunKind.CHECK;
        }
    }

    record Sync(String stack) implements RunRequest {
        @Override
        public RunKind kind() {
            return RunKind.SYNC;
        }
    }

    /**
     * @param dryRun whether it is only told what would be freed
     */
    record Prune(String stack, boolean dryRun) implements RunRequest {
        @Override
        public RunKind kind() {
            return RunKind.PRUNE;
        }
    }

    /**
     * Gives up the snapshots that the stack's retention does not keep.
     *
     * @param dryRun whether it is only told what would be given up
     */
    record Retention(String stack, boolean dryRun) implements RunRequest {
        @Override
        public RunKind kind() {
            return RunKind.RETENTION;
        }
    }

    /**
     * Gives up snapshots by name.
     *
     * @param snapshots ids, or beginnings of ids
     * @param confirmed whether a person agreed that they can never be restored again
     */
    record Forget(String stack, List<String> snapshots, boolean confirmed) implements RunRequest {
        public Forget {
            snapshots = List.copyOf(snapshots);
        }

        @Override
        public RunKind kind() {
            return RunKind.FORGET;
        }
    }

    /**
     * Writes to the places of the stack's exports what they lack.
     *
     * @param snapshot the one to export; empty for all that places lack
     * @param byHand whether places are meant too that wait for somebody to ask
     */
    record Exports(String stack, Optional<String> snapshot, boolean byHand) implements RunRequest {
        @Override
        public RunKind kind() {
            return RunKind.EXPORT;
        }
    }

    /**
     * Removes what the places of the stack's exports do not keep.
     *
     * @param dryRun whether it is only told what would go
     */
    record ExportsCleanUp(String stack, boolean dryRun) implements RunRequest {
        @Override
        public RunKind kind() {
            return RunKind.EXPORT;
        }
    }

    /**
     * @param snapshot {@code latest}, an id, or the beginning of one
     * @param parts names of the parts to compare; empty for all
     * @param places part to place, where it is not the source's own
     */
    record Compare(String stack, String snapshot, List<String> parts, Map<String, String> places)
            implements RunRequest {
        public Compare {
            parts = List.copyOf(parts);
            places = Map.copyOf(places);
        }

        @Override
        public RunKind kind() {
            return RunKind.COMPARE;
        }
    }
}
