package dev.holdfast.control.run;

import java.time.Duration;
import java.util.Optional;

/** The runs of all servers that share the catalog: ask for one, look at them, end them. Safe for many threads. */
public interface Runs {
    /**
     * Asks for a run; it waits for its turn.
     *
     * @param actor who asks; empty for the server itself
     * @param idempotencyKey if the same actor has asked with the same key before, that run is the answer
     * @throws dev.holdfast.engine.error.Missing (UNKNOWN_NAME) if there is no such stack
     * @throws dev.holdfast.engine.error.AlreadyExists (CONFLICT) if the key was used for something else
     */
    RunRecord submit(RunRequest request, Trigger trigger, String actor, Optional<String> idempotencyKey);

    /**
     * Ends a run that waits, or asks the one that is under way to end; a run that has ended stays as it is.
     *
     * @throws dev.holdfast.engine.error.Missing (UNKNOWN_NAME) if there is no such run
     */
    RunRecord cancel(RunId run, String actor);

    Optional<RunRecord> find(RunId run);

    /**
     * @throws dev.holdfast.engine.error.Missing (UNKNOWN_NAME) if there is no such run
     */
    RunRecord show(RunId run);

    /** What was asked for. */
    RunRequest request(RunId run);

    /**
     * Runs, newest first.
     *
     * @param after those older than this one
     * @param limit 1 to 1000
     */
    RunPage list(RunFilter filter, Optional<RunId> after, int limit);

    /** The run once it has ended; empty if it has not within that time. */
    Optional<RunRecord> awaitEnd(RunId run, Duration atMost);
}
