package dev.holdfast.control.export;

import dev.holdfast.control.export.ExportPlan.Decision;
import dev.holdfast.control.export.ExportPlan.Standing;
import dev.holdfast.control.export.LedgerEntry.State;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.control.retention.Retention;
import dev.holdfast.control.retention.RetentionFacts;
import dev.holdfast.control.retention.RetentionPlan;
import dev.holdfast.control.retention.RetentionPlan.Reason;
import dev.holdfast.control.retention.RetentionPolicy;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Applies the policy of a place to the exports in it, as {@link Retention} does to snapshots: counted are only whole ones, from the
 * newest backwards. An export whose snapshot is pinned stays. What was cut off goes once it has been silent for long; what lacks a file
 * goes once it is older than everything that is kept.
 */
public final class ExportRetention {
    /** Whoever writes says so more often, see {@link Delivery}. */
    static final Duration SILENCE = Duration.ofHours(6);

    private static final Part.Statistics NOTHING = new Part.Statistics(0, 0, 0, 0, 0, 0, 0);

    private final RetentionPolicy policy;
    private final Set<SnapshotId> pinned;
    private final Set<String> sources;

    /**
     * @param sources names of the sources that belong to the export now; empty if they are not known
     */
    public ExportRetention(RetentionPolicy policy, Set<SnapshotId> pinned, Set<String> sources) {
        this.policy = policy;
        this.pinned = Set.copyOf(pinned);
        this.sources = Set.copyOf(sources);
    }

    /**
     * @param ledger all that the place's ledger says
     * @param stack exactly this name
     * @param export exactly this name
     * @param now by this machine's clock
     */
    public ExportPlan plan(FilePlace place, Ledger.Contents ledger, String stack, String export, Instant now) {
        Map<LedgerEntry, Standing> standings = new HashMap<>();
        for (Ledger.Stored stored : ledger.of(stack)) {
            if (stored.entry().export().equals(export)) {
                standings.put(stored.entry(), standing(place, stored, ledger));
            }
        }
        Map<SnapshotId, List<Reason>> kept = kept(standings, stack, now);
        Optional<SnapshotId> oldest = kept.keySet().stream().min(Comparator.naturalOrder());
        List<Decision> decisions = new ArrayList<>();
        standings.forEach((entry, standing) -> {
            List<Reason> reasons = kept.getOrDefault(entry.snapshot(), List.of());
            boolean stays = switch (standing) {
                case WHOLE -> !reasons.isEmpty();
                case INCOMPLETE ->
                    isPinned(entry)
                            || oldest.map(id -> entry.snapshot().compareTo(id) >= 0)
                                    .orElse(true);
                case UNDER_WAY -> true;
                case UNFINISHED -> false;
            };
            decisions.add(new Decision(entry, standing, stays, standing == Standing.WHOLE ? reasons : List.of()));
        });
        decisions.sort(
                Comparator.comparing((Decision decision) -> decision.entry().snapshot())
                        .thenComparing(decision -> decision.entry().id())
                        .reversed());
        return new ExportPlan(decisions);
    }

    private boolean isPinned(LedgerEntry entry) {
        return pinned.contains(entry.snapshot());
    }

    /** The clock of the place says how long nobody wrote: that of this machine may be wrong. */
    static boolean isUnfinished(Ledger.Stored stored, Ledger.Contents ledger) {
        return switch (stored.entry().state()) {
            case WHOLE -> false;
            case LEAVING -> true;
            case BEGUN ->
                UnderWay.isOver(stored.entry())
                        || ledger.lastWritten()
                                .map(last -> stored.modified().plus(SILENCE).isBefore(last))
                                .orElse(false);
        };
    }

    private static Standing standing(FilePlace place, Ledger.Stored stored, Ledger.Contents ledger) {
        LedgerEntry entry = stored.entry();
        return switch (entry.state()) {
            case LEAVING, BEGUN -> isUnfinished(stored, ledger) ? Standing.UNFINISHED : Standing.UNDER_WAY;
            case WHOLE ->
                entry.contents().stream().allMatch(file -> isThere(place, file)) ? Standing.WHOLE : Standing.INCOMPLETE;
        };
    }

    private static boolean isThere(FilePlace place, Written file) {
        return file.tree().isPresent()
                ? new KeptTree(place, file).isWhole()
                : place.find(file.name())
                        .map(found -> found.bytes() == file.bytes().orElse(-1))
                        .orElse(false);
    }

    private Map<SnapshotId, List<Reason>> kept(Map<LedgerEntry, Standing> standings, String stack, Instant now) {
        Map<SnapshotId, Snapshot> shown = new HashMap<>();
        standings.forEach((entry, standing) -> {
            if (standing == Standing.WHOLE && entry.state() == State.WHOLE) {
                shown.put(entry.snapshot(), shown(entry));
            }
        });
        RetentionPlan plan = new Retention(policy, RetentionFacts.RECORD_ONLY.withPinned(pinned), sources)
                .plan(shown.values(), stack, now);
        Map<SnapshotId, List<Reason>> kept = new HashMap<>();
        plan.decisions().stream()
                .filter(RetentionPlan.Decision::isKept)
                .forEach(decision -> kept.put(decision.snapshot().id(), decision.reasons()));
        return kept;
    }

    /**
     * Which snapshots the place is to have, whether it has them or not.
     *
     * @param all snapshots of one stack that can be exported
     * @param now by this machine's clock
     */
    public Set<SnapshotId> wanted(ExportConfig export, List<Snapshot> all, Target target, Instant now) {
        Map<SnapshotId, Snapshot> known = new HashMap<>();
        target.own().stream().filter(LedgerEntry::isWhole).forEach(entry -> known.put(entry.snapshot(), shown(entry)));
        all.forEach(snapshot -> known.put(snapshot.id(), withParts(snapshot, export.partsOf(snapshot))));
        return all.stream()
                .map(Snapshot::stack)
                .distinct()
                .flatMap(stack -> new Retention(policy, RetentionFacts.RECORD_ONLY.withPinned(pinned), sources)
                        .plan(known.values(), stack, now).kept().stream())
                .map(Snapshot::id)
                .collect(Collectors.toSet());
    }

    private static Snapshot withParts(Snapshot snapshot, List<Part> parts) {
        return new Snapshot(
                snapshot.id(),
                snapshot.stack(),
                snapshot.began(),
                snapshot.committed(),
                snapshot.host(),
                snapshot.version(),
                parts,
                snapshot.labels(),
                snapshot.findings(),
                snapshot.storedBytes());
    }

    /** What retention looks at of a snapshot. */
    private static Snapshot shown(LedgerEntry entry) {
        return new Snapshot(
                entry.snapshot(),
                entry.stack(),
                entry.snapshotBegan(),
                entry.snapshotBegan(),
                "",
                "",
                entry.parts().stream()
                        .map(part -> new Part(
                                part.name(), "", "", Optional.empty(), part.entries(), part.bytes(), Map.of(), NOTHING))
                        .toList(),
                entry.labels(),
                List.of(),
                0);
    }
}
