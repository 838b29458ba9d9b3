package dev.holdfast.control.access;

import java.time.Instant;
import java.util.Optional;

/**
 * Which entries of the audit trail are wanted; what is empty does not matter.
 *
 * @param action exactly
 * @param stack exactly
 * @param from not before
 * @param to before
 */
public record AuditFilter(
        Optional<UserId> user,
        Optional<String> action,
        Optional<String> stack,
        Optional<Outcome> outcome,
        Optional<Instant> from,
        Optional<Instant> to) {
    public static final AuditFilter ALL = new AuditFilter(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
