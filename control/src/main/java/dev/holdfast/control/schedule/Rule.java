package dev.holdfast.control.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** Which moments of a zone's time a schedule names. Immutable. */
sealed interface Rule permits Never, Every, Cron {
    /** The first moment later than another. */
    Optional<Instant> next(Instant after, ZoneId zone);

    /** The last moment earlier than another. */
    Optional<Instant> previous(Instant before, ZoneId zone);
}
