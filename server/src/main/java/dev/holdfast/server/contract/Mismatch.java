package dev.holdfast.server.contract;

/**
 * One place where a value does not fit.
 *
 * @param at a parameter's name, or a path into a body such as {@code /places/media}
 * @param message what was expected and what is there
 */
public record Mismatch(String at, String message) {}
