package dev.holdfast.control.stack;

import dev.holdfast.control.config.StackConfig;

/**
 * A stack that the server knows.
 *
 * @param revision grows with each change of its description; 1 at first
 */
public record StackRecord(String name, StackConfig config, StackOrigin origin, long revision) {}
