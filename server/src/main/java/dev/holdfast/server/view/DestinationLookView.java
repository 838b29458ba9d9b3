package dev.holdfast.server.view;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** A destination as it stands now. */
public record DestinationLookView(
        String stack,
        String name,
        String location,
        boolean answers,
        Optional<FailureView> failure,
        long objects,
        long bytes,
        OptionalLong freeBytes,
        Instant lookedAt) {}
