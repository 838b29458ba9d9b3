package dev.holdfast.server.view;

import dev.holdfast.control.access.AuditRecord;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** One thing that somebody did or tried. */
public record AuditView(
        String id,
        Instant at,
        String actor,
        String action,
        String object,
        Optional<String> stack,
        String outcome,
        String address,
        String agent,
        String detail) {
    public static AuditView of(AuditRecord kept) {
        return new AuditView(
                kept.id(),
                kept.at(),
                kept.entry().actor().name(),
                kept.entry().action(),
                kept.entry().object(),
                kept.entry().stack(),
                kept.entry().outcome().name().toLowerCase(Locale.ROOT),
                kept.entry().caller().address(),
                kept.entry().caller().agent(),
                kept.entry().detail());
    }
}
