package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** What a failure means to who asked for a restore. */
final class RestoreFailures {
    private RestoreFailures() {}

    /**
     * @param doing for example {@code restoring database 'shop'}
     */
    static HoldfastException of(Exception e, String doing, PostgresLocation location, Path scratch) {
        return switch (e) {
            case HoldfastException known -> known;
            case SQLException sql -> SqlFailures.restoring(sql, doing, location);
            case InterruptedException interrupted -> {
                Thread.currentThread().interrupt();
                yield new Cancelled(
                        ErrorCode.CANCELLED, doing + " was stopped", "what was there before is untouched.", e);
            }
            case IOException io ->
                new Failed(
                        ErrorCode.DATABASE_RESTORE_FAILED,
                        doing + " failed: " + io.getMessage() + " (scratch folder " + scratch + ")",
                        "see that the folder is writable and has room.",
                        e);
            case RuntimeException defect -> throw defect;
            default -> throw new IllegalStateException(e);
        };
    }

    /** The same failure, and that something is left. */
    static Failed leaving(HoldfastException failure, String left, String hint) {
        return new Failed(failure.code(), failure.getMessage() + "; " + left, hint, failure);
    }
}
