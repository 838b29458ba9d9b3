package dev.holdfast.server.view;

import java.time.Instant;
import java.util.List;

/**
 * When a stack is backed up.
 *
 * @param text as the stack file says it; several are joined by semicolons
 */
public record ScheduleView(String text, String zone, List<Instant> next) {}
