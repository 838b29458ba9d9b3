package dev.holdfast.control.run;

import dev.holdfast.control.operation.RunResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who want to hear of runs that begin and end: notifications, metrics. The end of each run is told by one server, usually the
 * one that changed its state, after that is in the catalog. If that server dies before everybody has heard, or somebody fails to
 * hear, it is told again, then without a result. Safe for many threads.
 */
public final class RunListeners {
    private static final Logger LOG = LoggerFactory.getLogger(RunListeners.class);

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** Hears of runs, on the thread that carried them out; what it throws is logged, and the end is told again. */
    public interface Listener {
        /** A run begins on this server. */
        default void began(RunRecord run) {}

        /**
         * A run has ended, in whatever way.
         *
         * @param result what it did; empty if it did not come to an end by itself, or if this is told again
         */
        void ended(RunRecord run, Optional<RunResult> result);

        /** A due run should have begun, or ended, by now; told by any server that sees it, and again after a restart. */
        default void late(RunRecord run) {}
    }

    public void add(Listener listener) {
        listeners.add(listener);
    }

    void began(RunRecord run) {
        boolean _ = all(run, listener -> listener.began(run));
    }

    /**
     * @return whether everybody has heard it
     */
    boolean ended(RunRecord run, Optional<RunResult> result) {
        return all(run, listener -> listener.ended(run, result));
    }

    /**
     * @return whether everybody has heard it
     */
    boolean late(RunRecord run) {
        return all(run, listener -> listener.late(run));
    }

    private boolean all(RunRecord run, Consumer<Listener> telling) {
        return listeners.stream()
                        .filter(listener -> !guarded(run, () -> telling.accept(listener)))
                        .count()
                == 0;
    }

    private static boolean guarded(RunRecord run, Runnable telling) {
        try {
            telling.run();
            return true;
        } catch (RuntimeException e) {
            LOG.error("somebody who listens to runs failed run={}", run.id(), e);
            return false;
        }
    }
}
