package dev.holdfast.control.stack;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.engine.repository.DestinationState;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The listing of all stacks' snapshots in the catalog, copied from the repositories so that it is there at once. So are
 * pins; notes and what is known of assurance live in the catalog only. Safe for many threads.
 */
public interface Snapshots {
    /**
     * Snapshots, newest first.
     *
     * @param after those older than this one
     * @param limit 1 to 1000
     */
    SnapshotPage list(SnapshotFilter filter, Optional<SnapshotId> after, int limit);

    long count(SnapshotFilter filter);

    /**
     * @throws dev.holdfast.engine.error.Missing (SNAPSHOT_MISSING) if the listing has no such snapshot of that stack
     */
    SnapshotRecord show(String stack, SnapshotId snapshot);

    Optional<SnapshotRecord> find(String stack, SnapshotId snapshot);

    /** How the destinations stood when the repository was looked at last; empty if it never was. */
    Optional<Look> look(String stack);

    /**
     * What a look at a repository told.
     *
     * @param at when
     * @param findings what somebody should know about the repository
     */
    record Look(Instant at, List<DestinationState> destinations, List<Finding> findings) {
        public Look {
            destinations = List.copyOf(destinations);
            findings = List.copyOf(findings);
        }
    }

    /**
     * Opens the repository of a stack and makes the listing what it is there.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if it cannot be opened; then the listing stays as it was
     */
    void refresh(StackRecord stack);

    /** All of a stack that are listed; asked before a repository is looked at, see {@link #list}. */
    Set<SnapshotId> listed(String stack);

    /**
     * Adds to the listing what was seen in a repository and not listed before, and removes what was listed before and not seen.
     * What others list or remove between both is left to them.
     *
     * @param before what was listed before the look
     * @param all every snapshot of the repository; those of other stacks are not looked at
     */
    void list(
            StackRecord stack,
            Set<SnapshotId> before,
            List<Snapshot> all,
            List<DestinationState> destinations,
            List<Finding> findings);

    /** Notes how the repository stood; the listing stays as it is. */
    void looked(StackRecord stack, List<DestinationState> destinations, List<Finding> findings);

    /**
     * Keeps everybody from removing a snapshot, or lets them: in the repository, so that it holds without the catalog too.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if the repository cannot be opened or lacks the snapshot
     */
    SnapshotRecord pin(StackRecord stack, SnapshotId snapshot, boolean pinned);

    /** Notes which snapshots of a stack are pinned in its repository. */
    void pinned(StackRecord stack, Set<SnapshotId> pinned);

    /**
     * @param note empty for none
     */
    SnapshotRecord note(String stack, SnapshotId snapshot, String note);

    /**
     * Says which version of the application a snapshot shows, whatever was said when it was made.
     *
     * @param version empty for what was said then
     */
    SnapshotRecord appVersion(String stack, SnapshotId snapshot, String version);

    /** Of those of which it was said later, which version of the application they show. */
    Map<SnapshotId, String> appVersions(String stack);

    /** Those that were pinned when the repository was looked at last. */
    Set<SnapshotId> pinned(String stack);

    /** Those that a restore or a comparison found good. */
    Set<SnapshotId> proven(String stack);

    /** Notes that snapshots reached a step of assurance. */
    void reached(String stack, Set<SnapshotId> snapshots, Assurance.Step step, Instant at);

    /**
     * The listing in a catalog.
     *
     * @param repositories what is opened to look
     */
    static Snapshots in(Catalog catalog, Repositories repositories, InstantSource clock) {
        return new ListedSnapshots(catalog.jdbi(), repositories, clock);
    }
}
