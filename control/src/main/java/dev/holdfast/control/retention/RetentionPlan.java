package dev.holdfast.control.retention;

import dev.holdfast.engine.repository.Snapshot;
import java.util.List;
import java.util.Locale;

/**
 * What a policy means for every snapshot of a stack, newest first.
 *
 * @param decisions one for each snapshot
 */
public record RetentionPlan(List<Decision> decisions) {
    public RetentionPlan {
        decisions = List.copyOf(decisions);
    }

    /**
     * What happens to one snapshot.
     *
     * @param snapshot which one
     * @param reasons why it is kept; empty if it is removed
     */
    public record Decision(Snapshot snapshot, List<Reason> reasons) {
        public Decision {
            reasons = List.copyOf(reasons);
        }

        public boolean isKept() {
            return !reasons.isEmpty();
        }
    }

    /**
     * Why a snapshot is kept.
     *
     * @param rule what keeps it
     * @param detail which day, label or the like; may be empty
     */
    public record Reason(Rule rule, String detail) {
        /** For people: {@code daily 2026-11-20}. */
        @Override
        public String toString() {
            return detail.isEmpty() ? rule.label() : rule.label() + " " + detail;
        }
    }

    /** What can keep a snapshot. */
    public enum Rule {
        LAST,
        WITHIN,
        HOURLY,
        DAILY,
        WEEKLY,
        MONTHLY,
        YEARLY,
        DAYS,
        /** One of the newest that are kept in any case. */
        MINIMUM,
        /** One of the newest that were proven. */
        PROVEN,
        /** The last one with a source that the stack does not have any more. */
        SOURCE,
        PINNED,
        LABEL,
        /** It was made later than it is now, or something else was: no clock can be believed. */
        CLOCK,
        /** The policy has no rule. */
        EVERYTHING;

        /** As it is shown: {@code daily}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What stays, newest first. */
    public List<Snapshot> kept() {
        return decisions.stream()
                .filter(Decision::isKept)
                .map(Decision::snapshot)
                .toList();
    }

    /** What goes, newest first. */
    public List<Snapshot> removed() {
        return decisions.stream()
                .filter(decision -> !decision.isKept())
                .map(Decision::snapshot)
                .toList();
    }
}
