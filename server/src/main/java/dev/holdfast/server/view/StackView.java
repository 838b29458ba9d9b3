package dev.holdfast.server.view;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A stack. */
public record StackView(
        String name,
        String origin,
        long revision,
        List<SourceView> sources,
        List<DestinationView> destinations,
        Optional<Instant> lookedAt,
        ScheduleView schedule,
        String retention) {}
