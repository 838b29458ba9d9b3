package dev.holdfast.control.run;

import dev.holdfast.engine.error.ErrorCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Ends runs that wait for a stack that no living server knows: nobody would ever begin them. A server that was restarted, or a
 * stack that is moved from one server to another, has some time to come back. For one thread.
 */
final class Strays {
    static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final int LOOKED_AT = 1_000;

    private final Jdbi jdbi;
    private final RunTable table;
    private final Endings endings;
    private final Heart heart;
    private final Ticker ticker;
    private final Map<RunId, Duration> since = new HashMap<>();

    Strays(Jdbi jdbi, RunTable table, Endings endings, Heart heart, Ticker ticker) {
        this.jdbi = jdbi;
        this.table = table;
        this.endings = endings;
        this.heart = heart;
        this.ticker = ticker;
    }

    void tick() {
        Optional<Set<String>> known = heart.knownStacks();
        List<RunRecord> strays = known.isEmpty()
                ? List.of()
                : jdbi.withHandle(handle -> table.waiting(handle, LOOKED_AT)).stream()
                        .filter(run -> !known.get().contains(run.stack()))
                        .toList();
        since.keySet().retainAll(strays.stream().map(RunRecord::id).collect(Collectors.toSet()));
        Duration now = ticker.elapsed();
        for (RunRecord run : strays) {
            Duration first = since.computeIfAbsent(run.id(), _ -> now);
            if (now.minus(first).compareTo(PATIENCE) >= 0) {
                boolean _ = endings.endWaiting(run.id(), gone(run.stack())).isPresent();
            }
        }
    }

    private static Ending gone(String stack) {
        return Ending.failed(
                RunState.FAILED,
                new RunRecord.Problem(
                        ErrorCode.UNKNOWN_NAME,
                        "it never began: no server knows stack '" + stack + "' any more",
                        "if the stack was removed on purpose, nothing is to be done; its snapshots are untouched."));
    }
}
