package dev.holdfast.engine.repository;

import java.security.SecureRandom;
import java.time.Instant;

/**
 * The name of a session and, once committed, of its snapshot: 26 characters of lower-case Crockford base 32, ten for the
 * time in milliseconds and sixteen random ones (the layout of ULID), so that ids order as they were given out.
 *
 * @param text the 26 characters
 */
public record SnapshotId(String text) implements Comparable<SnapshotId> {
    /** Length in characters. */
    public static final int LENGTH = 26;

    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int TIME_DIGITS = 10;

    public SnapshotId {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not a snapshot id: '" + text + "'");
        }
    }

    public static boolean isValid(String text) {
        return text.length() == LENGTH && text.chars().allMatch(c -> DIGITS.indexOf(c) >= 0) && text.charAt(0) <= '7';
    }

    /** A new id for a moment. */
    public static SnapshotId at(Instant time, SecureRandom random) {
        StringBuilder text = new StringBuilder(LENGTH);
        long millis = Math.max(0, time.toEpochMilli());
        for (int i = TIME_DIGITS - 1; i >= 0; i--) {
            text.append(DIGITS.charAt((int) (millis >>> (5 * i)) & 31));
        }
        for (int i = TIME_DIGITS; i < LENGTH; i++) {
            text.append(DIGITS.charAt(random.nextInt(32)));
        }
        return new SnapshotId(text.toString());
    }

    /** The moment the id was made for, to the millisecond. */
    public Instant time() {
        long millis = 0;
        for (int i = 0; i < TIME_DIGITS; i++) {
            millis = millis << 5 | DIGITS.indexOf(text.charAt(i));
        }
        return Instant.ofEpochMilli(millis);
    }

    @Override
    public int compareTo(SnapshotId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
