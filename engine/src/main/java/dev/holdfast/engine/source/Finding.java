package dev.holdfast.engine.source;

/**
 * Something a person should know about a run that otherwise did its work; part of the run's result.
 *
 * @param subject what it is about: an entry's key, a destination, a table
 * @param message what was found and what follows from it
 */
public record Finding(String subject, String message) {}
