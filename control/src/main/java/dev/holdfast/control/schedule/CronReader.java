package dev.holdfast.control.schedule;

import java.util.List;
import java.util.Locale;

/** Reads the five or six fields of a crontab line. */
final class CronReader {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> WEEKDAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

    private static final Field SECOND = new Field("second", 0, 59, List.of());
    private static final Field MINUTE = new Field("minute", 0, 59, List.of());
    private static final Field HOUR = new Field("hour", 0, 23, List.of());
    private static final Field DAY = new Field("day of the month", 1, 31, List.of());
    private static final Field MONTH = new Field("month", 1, 12, MONTHS);
    private static final Field WEEKDAY = new Field("day of the week", 0, 7, WEEKDAYS);

    private CronReader() {}

    /** A text that is not a crontab line. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final String why;

        Unreadable(String why) {
            super(why);
            this.why = why;
        }

        String why() {
            return why;
        }
    }

    /**
     * One field.
     *
     * @param names of the values from {@code least} on, in lower case; may be empty
     */
    private record Field(String name, int least, int most, List<String> names) {
        /** What all of them end with; Sunday has two numbers. */
        int last() {
            return names.isEmpty() ? most : least + names.size() - 1;
        }

        String expected() {
            return "expected " + least + " to " + most
                    + (names.isEmpty() ? "" : ", or " + names.getFirst() + " to " + names.getLast());
        }
    }

    static Cron read(String line) throws Unreadable {
        List<String> fields = List.of(line.strip().split("\\s+"));
        if (fields.size() != 5 && fields.size() != 6) {
            throw new Unreadable("it has " + fields.size() + (fields.size() == 1 ? " field" : " fields")
                    + "; expected five (minute, hour, day, month, day of the week), or six with seconds first");
        }
        int first = fields.size() - 5;
        String day = fields.get(first + 2);
        String weekday = fields.get(first + 4);
        long weekdays = bits(weekday, WEEKDAY);
        Cron cron = new Cron(
                first == 0 ? 1 : bits(fields.getFirst(), SECOND),
                bits(fields.get(first), MINUTE),
                bits(fields.get(first + 1), HOUR),
                bits(day, DAY),
                bits(fields.get(first + 3), MONTH),
                (weekdays | weekdays >>> 7) & 0x7f,
                !isAny(day) && !isAny(weekday));
        if (!cron.happens()) {
            throw new Unreadable("there is no such day in any year");
        }
        return cron;
    }

    private static boolean isAny(String field) {
        return field.startsWith("*") || field.startsWith("?");
    }

    private static long bits(String text, Field field) throws Unreadable {
        long bits = 0;
        for (String item : text.split(",", -1)) {
            bits |= item(item, text, field);
        }
        return bits;
    }

    private static long item(String item, String text, Field field) throws Unreadable {
        int slash = item.indexOf('/');
        String range = slash < 0 ? item : item.substring(0, slash);
        int step = slash < 0 ? 1 : step(item.substring(slash + 1), text, field);
        int dash = range.indexOf('-', 1);
        int from;
        int to;
        if (range.equals("*") || range.equals("?")) {
            from = field.least();
            to = field.last();
        } else if (dash > 0) {
            from = value(range.substring(0, dash), text, field);
            to = value(range.substring(dash + 1), text, field);
            to = field.equals(WEEKDAY) && to == 0 && from > 0 ? 7 : to;
        } else {
            from = value(range, text, field);
            to = slash < 0 ? from : field.last();
        }
        if (from > to) {
            throw wrong(text, field, "'" + range + "' ends before it begins; expected the smaller one first");
        }
        long bits = 0;
        for (int value = from; value <= to; value += step) {
            bits |= 1L << value;
        }
        return bits;
    }

    private static int step(String step, String text, Field field) throws Unreadable {
        int most = field.most() - field.least() + 1;
        if (!step.matches("\\d{1,4}") || Integer.parseInt(step) < 1 || Integer.parseInt(step) > most) {
            throw wrong(text, field, "the step is '" + step + "'; expected 1 to " + most);
        }
        return Integer.parseInt(step);
    }

    private static int value(String value, String text, Field field) throws Unreadable {
        int named = field.names().indexOf(value.toLowerCase(Locale.ROOT));
        if (named >= 0) {
            return field.least() + named;
        }
        if (!value.matches("\\d{1,4}")
                || Integer.parseInt(value) < field.least()
                || Integer.parseInt(value) > field.most()) {
            throw wrong(text, field, "'" + value + "' is none; " + field.expected());
        }
        return Integer.parseInt(value);
    }

    private static Unreadable wrong(String text, Field field, String what) {
        return new Unreadable("in '" + text + "' for the " + field.name() + ", " + what);
    }
}
