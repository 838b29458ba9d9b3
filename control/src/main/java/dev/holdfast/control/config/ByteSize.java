package dev.holdfast.control.config;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written with a unit.
 *
 * @param bytes how many, at least 0
 */
public record ByteSize(long bytes) {
    /** What a unit can be, for messages. */
    public static final String UNITS = "B, kB, MB, GB, TB, KiB, MiB, GiB or TiB";

    private static final Pattern WRITTEN = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");
    private static final Map<String, Long> FACTORS = Map.of(
            "B", 1L,
            "kB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "TB", 1_000_000_000_000L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30,
            "TiB", 1L << 40);

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException(bytes + " bytes");
        }
    }

    public static ByteSize mebibytes(long count) {
        return new ByteSize(count << 20);
    }

    /** Reads {@code 64MiB} or {@code 1.5 GB}; empty if it is not a number with one of the {@link #UNITS}. */
    static Optional<ByteSize> parse(String text) {
        Matcher matcher = WRITTEN.matcher(text.strip());
        if (!matcher.matches() || !FACTORS.containsKey(matcher.group(2))) {
            return Optional.empty();
        }
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(FACTORS.get(matcher.group(2))));
        return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? Optional.empty()
                : Optional.of(new ByteSize(bytes.longValue()));
    }

    /** In the largest binary unit that keeps it whole, as it could stand in the stack file. */
    @Override
    public String toString() {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        long count = bytes;
        int unit = 0;
        while (count > 0 && count % 1024 == 0 && unit < units.length - 1) {
            count /= 1024;
            unit++;
        }
        return count + units[unit];
    }
}
