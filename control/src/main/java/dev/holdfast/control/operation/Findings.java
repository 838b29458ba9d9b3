package dev.holdfast.control.operation;

import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What operations notice by themselves. */
final class Findings {
    private static final Duration TOLERATED_CLOCK_ERROR = Duration.ofMinutes(1);

    private Findings() {}

    /** A clock that jumped back shows in a snapshot of the future. */
    static Optional<Finding> clock(List<Snapshot> snapshots, Instant now) {
        return snapshots.stream()
                .max(Comparator.comparing(Snapshot::began))
                .filter(newest -> newest.began().isAfter(now.plus(TOLERATED_CLOCK_ERROR)))
                .map(newest -> new Finding(
                        "clock",
                        "snapshot " + newest.id() + " was begun at " + newest.began() + ", but it is only " + now
                                + " by this machine's clock: the clock was wrong then or is wrong now"));
    }

    /** Some findings and some more, without repetition. */
    static List<Finding> joined(List<Finding> some, List<Finding> more) {
        return Stream.concat(some.stream(), more.stream()).distinct().toList();
    }

    static boolean anyBehind(List<DestinationState> destinations) {
        return destinations.stream().anyMatch(destination -> !destination.level());
    }
}
