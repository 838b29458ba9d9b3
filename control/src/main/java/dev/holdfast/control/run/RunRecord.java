package dev.holdfast.control.run;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.SnapshotId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A run as it stands.
 *
 * @param actor who asked for it: a user's name, or empty for the server itself
 * @param requested when it was asked for
 * @param due for which moment, if it is of a schedule
 * @param notBefore when it may begin at the earliest; later than {@code requested} for a retry
 * @param waitingFor what it waits for, as a sentence's end; empty if it does not wait
 * @param attempt 1, and one more for each retry
 * @param first the run that this one is a retry of, the very first
 * @param error why it did not end well
 * @param result what it did, as a JSON document like that of the command with {@code --json}
 * @param snapshot the snapshot it made or worked on
 * @param bytesRead bytes read at the sources
 * @param bytesStored bytes added to each destination
 * @param progress how far it has come
 * @param server name of the server that carries or carried it out; empty before
 * @param cancelRequested whether somebody asked to end it
 */
public record RunRecord(
        RunId id,
        String stack,
        RunKind kind,
        RunState state,
        Trigger trigger,
        String actor,
        Instant requested,
        Optional<Instant> due,
        Instant notBefore,
        Optional<Instant> began,
        Optional<Instant> ended,
        String waitingFor,
        int attempt,
        Optional<RunId> first,
        Optional<Problem> error,
        Optional<String> result,
        Optional<SnapshotId> snapshot,
        long bytesRead,
        long bytesStored,
        Optional<RunProgress> progress,
        String server,
        boolean cancelRequested) {

    /**
     * Why a run did not end well.
     *
     * @param hint what to do; may be empty
     */
    public record Problem(ErrorCode code, String message, String hint) {
        static Problem of(HoldfastException failure) {
            return new Problem(
                    failure.code(), Optional.ofNullable(failure.getMessage()).orElse(""), failure.hint());
        }
    }

    /** How long it took, once it has ended; empty if the clock was set back meanwhile, so that nobody knows. */
    public Optional<Duration> took() {
        return began.flatMap(from -> ended.map(to -> Duration.between(from, to)))
                .filter(span -> !span.isNegative());
    }
}
