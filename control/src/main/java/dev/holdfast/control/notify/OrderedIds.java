package dev.holdfast.control.notify;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Locale;

/** Ids that order as they were made, by the clock, and on one server also within a millisecond. Safe for many threads. */
final class OrderedIds {
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private long last;
    private int within;

    OrderedIds(InstantSource clock) {
        this.clock = clock;
    }

    synchronized String next() {
        long now = Math.max(last, clock.millis());
        within = now == last ? within + 1 : 0;
        last = now;
        return String.format(Locale.ROOT, "%013d-%06d-%08x", now, within, random.nextInt());
    }
}
