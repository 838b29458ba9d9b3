package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the snapshot that a person means: {@code latest}, an id, or the beginning of one. */
public final class SnapshotSelector {
    public static final String LATEST = "latest";

    /** Shortest beginning of an id that is taken. */
    static final int MIN_PREFIX = 4;

    private static final int MAX_LISTED = 5;

    private final List<Snapshot> snapshots;
    private final Optional<String> stack;

    private SnapshotSelector(List<Snapshot> snapshots, Optional<String> stack) {
        this.snapshots = snapshots;
        this.stack = stack;
    }

    /**
     * @param all snapshots of a repository, oldest first
     * @param stack which stack is meant; empty for any
     */
    public static SnapshotSelector among(List<Snapshot> all, Optional<String> stack) {
        List<Snapshot> ofStack = all.stream()
                .filter(snapshot -> stack.isEmpty() || snapshot.stack().equals(stack.get()))
                .toList();
        if (ofStack.isEmpty() && !all.isEmpty()) {
            throw new Missing(
                    ErrorCode.SNAPSHOT_MISSING,
                    "the repository has no snapshot of stack '" + stack.orElse("") + "'",
                    "it has snapshots of " + stacks(all) + ".");
        }
        return new SnapshotSelector(ofStack, stack);
    }

    private static String stacks(List<Snapshot> snapshots) {
        return snapshots.stream()
                .map(snapshot -> "'" + snapshot.stack() + "'")
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** All of them, oldest first. */
    List<Snapshot> all() {
        return snapshots;
    }

    /**
     * @throws Missing (SNAPSHOT_MISSING) if there is none
     * @throws Invalid (USAGE) if the text could mean several
     */
    public Snapshot select(String text) {
        if (snapshots.isEmpty()) {
            throw new Missing(
                    ErrorCode.SNAPSHOT_MISSING, "the repository has no snapshots yet", "run 'holdfast backup' first.");
        }
        return text.equals(LATEST) ? latest() : beginningWith(text.toLowerCase(Locale.ROOT));
    }

    private Snapshot latest() {
        if (stack.isEmpty()
                && snapshots.stream().map(Snapshot::stack).distinct().count() > 1) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "the repository holds several stacks: " + stacks(snapshots),
                    "name one with --stack, or a snapshot by its id.");
        }
        return snapshots.getLast();
    }

    private Snapshot beginningWith(String prefix) {
        if (prefix.length() < MIN_PREFIX) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "'" + prefix + "' is too short for a snapshot",
                    "give 'latest' or at least the first " + MIN_PREFIX
                            + " characters of an id; 'holdfast snapshots' lists them.");
        }
        List<Snapshot> found = snapshots.stream()
                .filter(snapshot -> snapshot.id().text().startsWith(prefix))
                .toList();
        if (found.size() > 1) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "'" + prefix + "' is the beginning of " + found.size() + " snapshots: " + listed(found),
                    "give more characters of the id.");
        }
        if (found.isEmpty()) {
            throw missing(prefix);
        }
        return found.getFirst();
    }

    private Missing missing(String prefix) {
        String what = prefix.length() == SnapshotId.LENGTH ? "there is no snapshot " : "no snapshot begins with ";
        return new Missing(
                ErrorCode.SNAPSHOT_MISSING,
                what + "'" + prefix + "'",
                "the last ones are: " + listed(snapshots) + "; 'holdfast snapshots' lists all.");
    }

    private static String listed(List<Snapshot> some) {
        return some.reversed().stream()
                .limit(MAX_LISTED)
                .map(snapshot -> snapshot.id().text())
                .collect(Collectors.joining(", "));
    }
}
