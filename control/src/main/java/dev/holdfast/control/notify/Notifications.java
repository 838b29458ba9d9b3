package dev.holdfast.control.notify;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a stack, or the whole server, says about telling people.
 *
 * @param channels the channels
 * @param routes which of them hear what; channels that no route names hear of everything in {@link NoticeKind#USUAL}
 * @param reminder how often an incident that goes on is told again; empty for never
 * @param digest when a summary is sent
 * @param alarms when something becomes an alarm
 */
public record Notifications(
        List<NotifyConfig> channels,
        List<Route> routes,
        Optional<Duration> reminder,
        Optional<DigestConfig> digest,
        AlarmLimits alarms) {
    /** Nobody is told anything. */
    public static final Notifications NONE =
            new Notifications(List.of(), List.of(), Optional.empty(), Optional.empty(), AlarmLimits.USUAL);

    public Notifications {
        channels = List.copyOf(channels);
        routes = List.copyOf(routes);
        Set<String> names = new HashSet<>();
        for (NotifyConfig channel : channels) {
            if (!names.add(channel.name())) {
                throw new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "two channels are called '" + channel.name() + "'",
                        "give each channel a name of its own.");
            }
        }
        if (reminder.isPresent() && reminder.get().compareTo(Duration.ofMinutes(1)) < 0) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "incidents cannot be told again more often than every minute",
                    "set a longer time, for example 24h.");
        }
    }

    /** The channel with a name. */
    public Optional<NotifyConfig> channel(String name) {
        return channels.stream().filter(channel -> channel.name().equals(name)).findFirst();
    }
}
