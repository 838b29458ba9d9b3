package dev.holdfast.control.notify;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that goes on, or went on.
 *
 * @param id its id, in the order of beginnings
 * @param name the same for each incident of this sort, as {@code failure/shop/backup}
 * @param kind what began it
 * @param stack which stack; empty if it is about the server
 * @param title one line
 * @param text what was seen last
 * @param urgency how much it matters
 * @param began when it began
 * @param seen when it was seen last
 * @param told how often people were told
 * @param ended when it was over; empty while it goes on
 */
public record Incident(
        String id,
        String name,
        NoticeKind kind,
        Optional<String> stack,
        String title,
        String text,
        Urgency urgency,
        Instant began,
        Instant seen,
        int told,
        Optional<Instant> ended) {}
