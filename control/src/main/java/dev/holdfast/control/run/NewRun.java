package dev.holdfast.control.run;

import java.time.Instant;
import java.util.Optional;

/**
 * A run that is about to be written down.
 *
 * @param key the idempotency key, made unique by who asks
 * @param due for which moment, if it is of a schedule
 * @param notBefore when it may begin at the earliest
 * @param attempt from 1
 * @param first the run that this one is a retry of, the very first
 */
record NewRun(
        RunRequest request,
        Trigger trigger,
        String actor,
        Optional<String> key,
        Optional<Instant> due,
        Instant notBefore,
        int attempt,
        Optional<RunId> first) {

    static NewRun of(RunRequest request, Trigger trigger, String actor, Instant now) {
        return new NewRun(request, trigger, actor, Optional.empty(), Optional.empty(), now, 1, Optional.empty());
    }

    static NewRun due(RunRequest request, Instant due, Instant now) {
        return new NewRun(request, Trigger.SCHEDULE, "", Optional.empty(), Optional.of(due), now, 1, Optional.empty());
    }

    static NewRun retryOf(RunRecord failed, RunRequest request, Instant notBefore) {
        return new NewRun(
                request,
                Trigger.RETRY,
                failed.actor(),
                Optional.empty(),
                failed.due(),
                notBefore,
                failed.attempt() + 1,
                failed.first().or(() -> Optional.of(failed.id())));
    }

    NewRun withKey(Optional<String> idempotencyKey) {
        return new NewRun(request, trigger, actor, idempotencyKey, due, notBefore, attempt, first);
    }
}
