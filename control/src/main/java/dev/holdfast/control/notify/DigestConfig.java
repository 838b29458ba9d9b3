package dev.holdfast.control.notify;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * When a summary is sent, and to whom.
 *
 * @param channels names of channels, at least one
 * @param day the day of the week; empty for every day
 * @param at the time of day
 * @param zone whose time that is
 */
public record DigestConfig(List<String> channels, Optional<DayOfWeek> day, LocalTime at, ZoneId zone) {
    public static final LocalTime USUAL_TIME = LocalTime.of(8, 0);

    public DigestConfig {
        channels = List.copyOf(channels);
    }
}
