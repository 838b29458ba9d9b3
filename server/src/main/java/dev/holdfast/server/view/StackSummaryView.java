package dev.holdfast.server.view;

import java.time.Instant;
import java.util.Optional;

/** How a stack stands, in short. */
public record StackSummaryView(
        String name,
        String origin,
        long revision,
        long snapshots,
        Optional<SnapshotView> latest,
        Optional<RunView> lastRun,
        Optional<Instant> next,
        int destinations,
        int behind,
        Optional<String> recoveryCode) {}
