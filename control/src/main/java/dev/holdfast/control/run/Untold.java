package dev.holdfast.control.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of runs whose end is in the catalog and was not told: their server ended in between, or somebody who listens failed. What
 * was told in part is told again as a whole; whoever must not say a thing twice knows the run's id. For one thread.
 */
final class Untold {
    private static final Logger LOG = LoggerFactory.getLogger(Untold.class);
    /** Whoever wrote an end tells it right afterwards. */
    private static final Duration OWN = Duration.ofMinutes(1);
    /** Another server that lives may take its time to tell. */
    private static final Duration OF_OTHERS = Duration.ofMinutes(10);

    private static final int MOST_TRIES = 5;
    private static final int LOOKED_AT = 100;

    private final Jdbi jdbi;
    private final RunTable table;
    private final Endings endings;
    private final Heart heart;
    private final Ticker ticker;
    private final Map<Waiting, Duration> since = new HashMap<>();

    Untold(Jdbi jdbi, RunTable table, Endings endings, Heart heart, Ticker ticker) {
        this.jdbi = jdbi;
        this.table = table;
        this.endings = endings;
        this.heart = heart;
        this.ticker = ticker;
    }

    /**
     * A run that ended and was not told.
     *
     * @param tries how often telling was begun
     */
    record Waiting(RunId run, int tries) {}

    void tick() {
        List<Waiting> untold = jdbi.withHandle(handle -> table.untold(handle, LOOKED_AT)).stream()
                .filter(one -> !endings.isTelling(one.run()))
                .toList();
        since.keySet().retainAll(untold.stream().collect(Collectors.toSet()));
        Duration now = ticker.elapsed();
        Duration patience = heart.isAlone() ? OWN : OF_OTHERS;
        for (Waiting one : untold) {
            if (now.minus(since.computeIfAbsent(one, _ -> now)).compareTo(patience) >= 0) {
                tell(one);
            }
        }
    }

    private void tell(Waiting one) {
        if (one.tries() >= MOST_TRIES) {
            LOG.error(
                    "run={} ended, and nobody could be told after {} tries; it is left at that",
                    one.run(),
                    one.tries());
            jdbi.useHandle(handle -> table.told(handle, one.run()));
        } else if (jdbi.withHandle(handle -> table.tellAgain(handle, one))) {
            LOG.warn("run={} ended, and it is not certain that everybody was told; it is told again", one.run());
            jdbi.withHandle(handle -> table.find(handle, one.run())).ifPresent(endings::tellAgain);
        }
    }
}
