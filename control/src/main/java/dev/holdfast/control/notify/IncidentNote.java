package dev.holdfast.control.notify;

import java.time.Instant;

/**
 * What a message says of an incident.
 *
 * @param name the same in all messages of one incident, as {@code failure/shop/backup}
 * @param kind what began it
 * @param began when it began
 */
public record IncidentNote(String name, NoticeKind kind, Instant began) {}
