package dev.holdfast.engine.repository;

/**
 * How a destination stands after an operation.
 *
 * @param name what the stack file calls it
 * @param location where it is
 * @param level whether it holds everything that the others hold
 * @param reason why it does not, empty if it does
 */
public record DestinationState(String name, String location, boolean level, String reason) {}
