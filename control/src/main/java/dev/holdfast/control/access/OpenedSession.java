package dev.holdfast.control.access;

import dev.holdfast.control.config.Secret;

/**
 * A session that just began.
 *
 * @param secret what the browser's cookie holds; it cannot be had again
 */
public record OpenedSession(Session session, Secret secret) {}
