package dev.holdfast.control.stack;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which snapshots are meant.
 *
 * @param stacks of these stacks; empty for all
 * @param since begun at that moment or later
 * @param until begun before that moment
 * @param reached those that have reached this step of assurance
 * @param pinned those that are pinned, or those that are not
 * @param appVersion those that show this version of the application
 */
public record SnapshotFilter(
        Set<String> stacks,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<Assurance.Step> reached,
        Optional<Boolean> pinned,
        Optional<String> appVersion) {
    /** Every snapshot. */
    public static final SnapshotFilter ALL =
            new SnapshotFilter(Set.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public SnapshotFilter {
        stacks = Set.copyOf(stacks);
    }

    /** Of any version of the application. */
    public SnapshotFilter(
            Set<String> stacks,
            Optional<Instant> since,
            Optional<Instant> until,
            Optional<Assurance.Step> reached,
            Optional<Boolean> pinned) {
        this(stacks, since, until, reached, pinned, Optional.empty());
    }

    public SnapshotFilter ofStack(String stack) {
        return ofStacks(Set.of(stack));
    }

    public SnapshotFilter ofStacks(Set<String> names) {
        return new SnapshotFilter(names, since, until, reached, pinned, appVersion);
    }
}
