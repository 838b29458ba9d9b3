package dev.holdfast.engine.repository;

import dev.holdfast.engine.store.ObjectStore;

/**
 * One place that holds a complete copy of the repository.
 *
 * @param name what the stack file calls it
 * @param store the place itself
 */
public record Destination(String name, ObjectStore store) {}
