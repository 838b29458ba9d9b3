package dev.holdfast.control.operation;

import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;
import java.util.function.Function;

/**
 * What every operation is given besides its request.
 *
 * @param listener hears how it goes
 * @param cancellation ends it early
 */
public record Run(RunListener listener, Cancellation cancellation) {
    /** A run nobody watches and nobody ends. */
    public static Run silent() {
        return new Run(RunListener.NONE, new Cancellation());
    }

    <T> T step(Step step, Function<Progress, T> work) {
        cancellation.check();
        Progress progress = cancellation.watch(listener.began(step));
        try {
            T result = work.apply(progress);
            listener.ended(step);
            return result;
        } catch (RuntimeException e) {
            throw cancellation.explain(e);
        }
    }

    void step(Step step, Runnable work) {
        step(step, _ -> {
            work.run();
            return true;
        });
    }

    void found(Finding finding) {
        listener.found(finding);
    }
}
