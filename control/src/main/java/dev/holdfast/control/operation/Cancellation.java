package dev.holdfast.control.operation;

import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.Progress;
import org.jspecify.annotations.Nullable;

/**
 * Lets somebody else end a run: whoever reports progress after {@link #cancel} is thrown out with {@link Cancelled}. Safe
 * for many threads.
 */
public final class Cancellation {
    private volatile boolean requested;

    public void cancel() {
        requested = true;
    }

    public boolean requested() {
        return requested;
    }

    /**
     * @throws Cancelled if somebody asked for it
     */
    void check() {
        if (requested) {
            throw cancelled(null);
        }
    }

    /** What a failure was, if somebody asked to end the run meanwhile: then it is only the way in which it ended. */
    RuntimeException explain(RuntimeException failure) {
        if (!requested) {
            return failure;
        }
        // the interrupt has done its work; left alone it would break the cleaning up
        boolean _ = Thread.interrupted();
        return failure instanceof Cancelled ? failure : cancelled(failure);
    }

    private static Cancelled cancelled(@Nullable RuntimeException failure) {
        return new Cancelled(ErrorCode.CANCELLED, "cancelled", "", failure);
    }

    /** Passes progress on as long as nobody asks to stop. */
    Progress watch(Progress progress) {
        return new Progress() {
            @Override
            public void expect(long entries, long bytes) {
                check();
                progress.expect(entries, bytes);
            }

            @Override
            public void advance(long entries, long bytes) {
                check();
                progress.advance(entries, bytes);
            }
        };
    }
}
