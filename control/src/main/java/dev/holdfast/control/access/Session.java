package dev.holdfast.control.access;

import java.time.Instant;

/**
 * A browser that is signed in.
 *
 * @param seen the last request, to the minute
 * @param caller who opened it
 */
public record Session(SessionId id, UserId user, Instant began, Instant seen, Caller caller) {}
