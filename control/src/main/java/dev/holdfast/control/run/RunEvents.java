package dev.holdfast.control.run;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What happens to runs, on whichever server. Safe for many threads. */
public interface RunEvents {
    /**
     * Tells of everything that happened after an event, and from then on of everything that happens, in order, until it is closed.
     *
     * @param run of which run; empty for all
     * @param after number of the last event that is known already; 0 for everything that is kept, {@link #last} for what comes
     * @param listener called by one thread at a time, and not for long: it has a thread in common with the others
     */
    Subscription subscribe(Optional<RunId> run, long after, Consumer<RunEvent> listener);

    /**
     * What happened after an event, at most so many.
     *
     * @param run of which run; empty for all
     */
    List<RunEvent> since(Optional<RunId> run, long after, int limit);

    /** Number of the last event; 0 if there was none yet. */
    long last();

    /** What ends the telling. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
