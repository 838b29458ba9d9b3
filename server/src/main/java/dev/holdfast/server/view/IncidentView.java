package dev.holdfast.server.view;

import dev.holdfast.control.notify.Incident;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that goes on, or went on.
 *
 * @param name the same for each incident of this sort, and in all messages about it
 * @param stack empty if it is about the server
 * @param told how often people were told
 * @param ended empty while it goes on
 */
public record IncidentView(
        String id,
        String name,
        String kind,
        Optional<String> stack,
        String title,
        String text,
        String urgency,
        Instant began,
        Instant seen,
        int told,
        Optional<Instant> ended) {
    public static IncidentView of(Incident incident) {
        return new IncidentView(
                incident.id(),
                incident.name(),
                incident.kind().label(),
                incident.stack(),
                incident.title(),
                incident.text(),
                incident.urgency().name().toLowerCase(Locale.ROOT),
                incident.began(),
                incident.seen(),
                incident.told(),
                incident.ended());
    }
}
