package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;

/** What an operation did. */
public sealed interface RunResult
        permits BackupResult,
                CheckResult,
                CompareResult,
                DoctorResult,
                ExportResult,
                ExportsResult,
                ForgetResult,
                InitResult,
                LeavingResult,
                PruneResult,
                RestoreResult,
                RetentionResult,
                ShowResult,
                SnapshotsResult,
                SyncResult,
                UnlockResult {
    /** Why somebody should look at it although it was done; empty if all is well. */
    Optional<ErrorCode> concern();
}
