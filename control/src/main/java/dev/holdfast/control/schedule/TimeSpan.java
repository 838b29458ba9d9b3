package dev.holdfast.control.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long something takes, as people write it: {@code 90m}, {@code 1h30m}, {@code 2 days}. */
public final class TimeSpan {
    /** What a unit can be, for messages. */
    public static final String UNITS = "s, m, h, d or w";

    private static final Pattern PIECE = Pattern.compile("(\\d{1,9})\\s*([a-z]+)\\s*");
    private static final Map<String, Duration> SHORT = Map.of(
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("sec", "s"),
            Map.entry("second", "s"),
            Map.entry("min", "m"),
            Map.entry("minute", "m"),
            Map.entry("hour", "h"),
            Map.entry("day", "d"),
            Map.entry("week", "w"));

    private TimeSpan() {}

    /** Empty if it is not made of whole numbers with units, or if it is longer than a hundred years. */
    public static Optional<Duration> parse(String text) {
        Matcher piece = PIECE.matcher(text.strip().toLowerCase(Locale.ROOT));
        Duration sum = Duration.ZERO;
        int end = 0;
        while (piece.lookingAt()) {
            Optional<Duration> unit = unit(piece.group(2));
            if (unit.isEmpty()) {
                return Optional.empty();
            }
            sum = sum.plus(unit.get().multipliedBy(Long.parseLong(piece.group(1))));
            end = piece.end();
            piece.region(end, piece.regionEnd());
        }
        boolean whole = end > 0 && end == piece.regionEnd();
        return whole && sum.compareTo(Duration.ofDays(36_525)) <= 0 ? Optional.of(sum) : Optional.empty();
    }

    private static Optional<Duration> unit(String written) {
        String singular =
                written.length() > 1 && written.endsWith("s") ? written.substring(0, written.length() - 1) : written;
        return Optional.ofNullable(SHORT.get(WORDS.getOrDefault(singular, singular)));
    }

    /** As it could stand in the stack file: {@code 1d12h}. */
    public static String shown(Duration span) {
        List<String> pieces = new ArrayList<>();
        add(pieces, span.toDaysPart(), "d");
        add(pieces, span.toHoursPart(), "h");
        add(pieces, span.toMinutesPart(), "m");
        add(pieces, span.toSecondsPart(), "s");
        return pieces.isEmpty() ? "0s" : String.join("", pieces);
    }

    private static void add(List<String> pieces, long count, String unit) {
        if (count > 0) {
            pieces.add(count + unit);
        }
    }
}
