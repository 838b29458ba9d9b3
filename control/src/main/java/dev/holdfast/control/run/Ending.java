package dev.holdfast.control.run;

import dev.holdfast.control.operation.BackupResult;
import dev.holdfast.control.operation.CheckResult;
import dev.holdfast.control.operation.CompareResult;
import dev.holdfast.control.operation.ExportResult;
import dev.holdfast.control.operation.ExportsResult;
import dev.holdfast.control.operation.RestoreResult;
import dev.holdfast.control.operation.RunResult;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param passing whether the same may go well later
 */
record Ending(RunState state, Optional<RunRecord.Problem> error, Optional<RunResult> result, boolean passing) {
    private static final String LOOK = "look at what it found; the run's result and its log tell.";

    static Ending of(RunResult result) {
        if (result instanceof RestoreResult restore && restore.failure().isPresent()) {
            HoldfastException failure = restore.failure().get();
            return new Ending(
                    RunState.FAILED, Optional.of(RunRecord.Problem.of(failure)), Optional.of(result), passing(failure));
        }
        if (result instanceof ExportsResult exports && exports.failure().isPresent()) {
            HoldfastException failure = exports.failure().get();
            return new Ending(
                    RunState.FAILED, Optional.of(RunRecord.Problem.of(failure)), Optional.of(result), passing(failure));
        }
        if (result instanceof ExportsResult exports && exports.degraded().isPresent()) {
            return new Ending(
                    RunState.ATTENTION,
                    Optional.of(new RunRecord.Problem(
                            ErrorCode.FINDINGS,
                            "the export is " + exports.degraded().get() + " places",
                            "the next run brings there what they lack; the result says what to do about each.")),
                    Optional.of(result),
                    false);
        }
        Optional<ErrorCode> concern = result.concern();
        RunState state = concern.isEmpty()
                ? RunState.SUCCEEDED
                : concern.get() == ErrorCode.FINDINGS ? RunState.ATTENTION : RunState.FAILED;
        return new Ending(
                state, concern.map(code -> new RunRecord.Problem(code, told(code), LOOK)), Optional.of(result), false);
    }

    static Ending failed(HoldfastException failure) {
        return new Ending(
                RunState.FAILED, Optional.of(RunRecord.Problem.of(failure)), Optional.empty(), passing(failure));
    }

    static Ending unexpected(Throwable fault) {
        return failed(
                RunState.FAILED,
                new RunRecord.Problem(
                        ErrorCode.INTERNAL,
                        "unexpected: " + fault,
                        "please report it with the trace in the server's log."));
    }

    static Ending failed(RunState state, RunRecord.Problem error) {
        return new Ending(state, Optional.of(error), Optional.empty(), false);
    }

    /** Its server is gone, or goes: another attempt may do better. */
    static Ending abandoned(String why) {
        return new Ending(
                RunState.ABANDONED,
                Optional.of(
                        new RunRecord.Problem(
                                ErrorCode.RUN_ABANDONED,
                                why,
                                "what it had not committed is not visible; if it is of a kind that is retried, a new run is queued.")),
                Optional.empty(),
                true);
    }

    static Ending cancelled(String by) {
        return failed(
                RunState.CANCELLED,
                new RunRecord.Problem(ErrorCode.CANCELLED, by.isEmpty() ? "cancelled" : "cancelled by " + by, ""));
    }

    static Ending missed(String why) {
        return failed(
                RunState.MISSED,
                new RunRecord.Problem(
                        ErrorCode.RUN_MISSED, why, "start one by hand if the snapshot of that moment matters."));
    }

    /** The same, with what was done nevertheless. */
    Ending with(Optional<RunResult> done) {
        return new Ending(state, error, done, passing);
    }

    private static boolean passing(HoldfastException failure) {
        return failure instanceof Unavailable || failure instanceof Busy;
    }

    private static String told(ErrorCode code) {
        return switch (code) {
            case CHECK_FAILED -> "the repository is damaged";
            case DIFFERENT -> "what was compared is not equal";
            default -> "it did its work, but something needs attention";
        };
    }

    Optional<SnapshotId> snapshot() {
        return result.flatMap(done -> switch (done) {
            case BackupResult backup -> Optional.of(backup.snapshot().id());
            case RestoreResult restore -> Optional.of(restore.snapshot().id());
            case CompareResult compare -> Optional.of(compare.snapshot().id());
            case ExportResult export -> Optional.of(export.snapshot().id());
            default -> Optional.empty();
        });
    }

    long bytesRead() {
        return result.map(done -> switch (done) {
                    case BackupResult backup -> backup.readBytes();
                    case CheckResult check -> check.report().bytesRead();
                    default -> 0L;
                })
                .orElse(0L);
    }

    long bytesStored() {
        return result.map(done ->
                        done instanceof BackupResult backup ? backup.snapshot().storedBytes() : 0L)
                .orElse(0L);
    }
}
