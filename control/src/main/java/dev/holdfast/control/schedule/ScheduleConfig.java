package dev.holdfast.control.schedule;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One schedule of a stack.
 *
 * @param schedule when it is due
 * @param jitter bound, below which every stack is later than the schedule says by an amount of its own; zero for none
 * @param catchUp what happens to a run that was missed
 */
public record ScheduleConfig(Schedule schedule, Duration jitter, CatchUp catchUp) {
    /** What the service does unless it is told otherwise. */
    public static final String DEFAULT_TEXT = "0 2 * * *";

    /** What happens when nobody was there at a moment that a schedule names. */
    public enum CatchUp {
        /** It runs as soon as a server is back, once, however many moments passed. */
        RUN,
        /** It is recorded as missed. */
        REPORT
    }

    public ScheduleConfig {
        if (jitter.isNegative()) {
            throw new IllegalArgumentException("jitter " + jitter);
        }
    }

    /** At exactly the moments of a schedule; what was missed is caught up. */
    public static ScheduleConfig of(Schedule schedule) {
        return new ScheduleConfig(schedule, Duration.ZERO, CatchUp.RUN);
    }

    /** Every night at two. */
    public static ScheduleConfig daily(ZoneId zone) {
        return of(Schedule.parse(DEFAULT_TEXT, zone));
    }

    /** When a stack is due next, later than a moment; empty if never. */
    public Optional<Instant> next(String stack, Instant after) {
        Duration delay = delay(stack);
        return schedule.next(after.minus(delay)).map(moment -> moment.plus(delay));
    }

    /** When a stack was due last, earlier than a moment; empty if never. */
    public Optional<Instant> previous(String stack, Instant before) {
        Duration delay = delay(stack);
        return schedule.previous(before.minus(delay)).map(moment -> moment.plus(delay));
    }

    /** How much later than the schedule a stack is due: whole seconds, the same at each server and each time. */
    public Duration delay(String stack) {
        if (jitter.toSeconds() == 0) {
            return Duration.ZERO;
        }
        CRC32C hash = new CRC32C();
        hash.update(stack.getBytes(StandardCharsets.UTF_8));
        return Duration.ofSeconds(hash.getValue() % jitter.toSeconds());
    }
}
