package dev.holdfast.control.run;

import dev.holdfast.control.operation.RunResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who want to hear of runs that begin and end: notifications, metrics. Each run is told by one server only, the one that
 * changed its state, after that is in the catalog. Safe for many threads.
 */
public final class RunListeners {
    private static final Logger LOG = LoggerFactory.getLogger(RunListeners.class);

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** Hears of runs, on the thread that carried them out; what it throws is logged and harms nobody. */
    public interface Listener {
        /** A run begins on this server. */
        default void began(RunRecord run) {}

        /**
         * A run has ended, in whatever way.
         *
         * @param result what it did; empty if it did not come to an end by itself
         */
        void ended(RunRecord run, Optional<RunResult> result);
    }

    public void add(Listener listener) {
        listeners.add(listener);
    }

    void began(RunRecord run) {
        listeners.forEach(listener -> guarded(run, () -> listener.began(run)));
    }

    void ended(RunRecord run, Optional<RunResult> result) {
        listeners.forEach(listener -> guarded(run, () -> listener.ended(run, result)));
    }

    private static void guarded(RunRecord run, Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException e) {
            LOG.error("somebody who listens to runs failed run={}", run.id(), e);
        }
    }
}
