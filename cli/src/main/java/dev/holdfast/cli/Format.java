package dev.holdfast.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/** Numbers, sizes and times as people read them. Written by hand: the library's formatters would double a short command. */
final class Format {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

    private Format() {}

    /** Such as {@code 1.8 MB}. */
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        // 999.95 would be shown as 1000
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return (unit == 0 ? Long.toString(bytes) : threeDigits(value)) + " " + UNITS[unit];
    }

    private static String threeDigits(double value) {
        return value >= 99.95 ? Long.toString(Math.round(value)) : oneDecimal(value);
    }

    private static String oneDecimal(double value) {
        long tenths = Math.round(value * 10);
        return tenths / 10 + "." + tenths % 10;
    }

    /** Such as {@code 12,345}. */
    static String count(long count) {
        StringBuilder text = new StringBuilder(Long.toString(count));
        for (int i = text.length() - 3; i > (count < 0 ? 1 : 0); i -= 3) {
            text.insert(i, ',');
        }
        return text.toString();
    }

    /** A count with its noun, such as {@code 1 part} or {@code 2 parts}. */
    static String count(long count, String one, String many) {
        return count(count) + " " + (count == 1 ? one : many);
    }

    /** Such as {@code 0.6 %}. */
    static String percent(long share, long whole) {
        if (whole <= 0) {
            return share == 0 ? "0 %" : "100 %";
        }
        double percent = 100.0 * share / whole;
        if (share > 0 && percent < 0.05) {
            return "under 0.1 %";
        }
        return (percent >= 9.95 || percent == 0 ? Long.toString(Math.round(percent)) : oneDecimal(percent)) + " %";
    }

    /** Such as {@code 0.8 s}, {@code 42 s}, {@code 3 min 20 s} or {@code 1 h 12 min}. */
    static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 9_950) {
            return oneDecimal(millis / 1000.0) + " s";
        }
        long seconds = Math.round(millis / 1000.0);
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    /** Such as {@code 2026-11-20 06:36:12 +01:00}. */
    static String time(Instant instant, ZoneId zone) {
        ZonedDateTime time = instant.atZone(zone);
        LocalDateTime local = time.toLocalDateTime();
        ZoneOffset offset = time.getOffset();
        return local.toLocalDate() + " " + two(local.getHour()) + ":" + two(local.getMinute()) + ":"
                + two(local.getSecond()) + " " + (offset.equals(ZoneOffset.UTC) ? "UTC" : offset.getId());
    }

    private static String two(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }

    /** For JSON: seconds with milliseconds. */
    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** A text from outside, without what a terminal would obey. */
    static String clean(String text) {
        if (text.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n')) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length());
        text.chars().forEach(c -> clean.append(Character.isISOControl(c) && c != '\n' ? '?' : (char) c));
        return clean.toString();
    }
}
