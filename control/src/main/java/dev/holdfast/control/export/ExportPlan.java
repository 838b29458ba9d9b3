package dev.holdfast.control.export;

import dev.holdfast.control.retention.RetentionPlan.Reason;
import java.util.List;

/**
 * What happens to the exports of one stack and one name in one place, newest snapshot first.
 *
 * @param decisions one for each entry of the ledger
 */
public record ExportPlan(List<Decision> decisions) {
    public ExportPlan {
        decisions = List.copyOf(decisions);
    }

    /** How an export stands. */
    public enum Standing {
        /** Every file is there. */
        WHOLE,
        /** Somebody took or changed a file of it. */
        INCOMPLETE,
        /** Being written, or cut off not long ago. */
        UNDER_WAY,
        /** Cut off. */
        UNFINISHED;

        /** For people. */
        public String label() {
            return switch (this) {
                case WHOLE -> "whole";
                case INCOMPLETE -> "incomplete";
                case UNDER_WAY -> "under way";
                case UNFINISHED -> "unfinished";
            };
        }
    }

    /**
     * What happens to one export.
     *
     * @param kept whether it stays
     * @param reasons which rules keep it, if it is whole
     */
    public record Decision(LedgerEntry entry, Standing standing, boolean kept, List<Reason> reasons) {
        public Decision {
            reasons = List.copyOf(reasons);
        }
    }

    /** What goes. */
    public List<LedgerEntry> removed() {
        return decisions.stream()
                .filter(decision -> !decision.kept())
                .map(Decision::entry)
                .toList();
    }
}
