package dev.holdfast.server.view;

import java.time.Instant;
import java.util.List;

/** How everything stands. */
public record StatusView(
        String version,
        String server,
        Instant now,
        Instant started,
        List<WarningView> warnings,
        List<StackSummaryView> stacks,
        RunCounts runs) {
    /** How many runs there are now. */
    public record RunCounts(long waiting, long running) {}
}
