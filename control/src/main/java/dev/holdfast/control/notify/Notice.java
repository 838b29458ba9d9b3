package dev.holdfast.control.notify;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message to people.
 *
 * @param kind what it is about
 * @param urgency how much it matters
 * @param stack which stack; empty if it is about the server
 * @param title one line
 * @param text what happened, and what to do
 * @param details more, line by line
 * @param incident the incident it begins, repeats or ends
 * @param run the run it is about
 * @param at when it happened
 */
public record Notice(
        NoticeKind kind,
        Urgency urgency,
        Optional<String> stack,
        String title,
        String text,
        List<Detail> details,
        Optional<IncidentNote> incident,
        Optional<RunNote> run,
        Instant at) {
    public Notice {
        details = List.copyOf(details);
    }
}
