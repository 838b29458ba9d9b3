package dev.holdfast.control.access;

import java.security.SecureRandom;
import java.time.Instant;

/** Ids of 26 characters that order as they were made: ten digits for the milliseconds, sixteen random ones. */
final class Ulid {
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int LENGTH = 26;
    private static final int TIME_DIGITS = 10;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ulid() {}

    static String at(Instant time) {
        StringBuilder text = new StringBuilder(LENGTH);
        long millis = Math.max(0, time.toEpochMilli());
        for (int i = TIME_DIGITS - 1; i >= 0; i--) {
            text.append(DIGITS.charAt((int) (millis >>> (5 * i)) & 31));
        }
        for (int i = TIME_DIGITS; i < LENGTH; i++) {
            text.append(DIGITS.charAt(RANDOM.nextInt(DIGITS.length())));
        }
        return text.toString();
    }

    static boolean isValid(String text) {
        return text.length() == LENGTH && text.chars().allMatch(c -> DIGITS.indexOf(c) >= 0) && text.charAt(0) <= '7';
    }

    static String checked(String text, String what) {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not the id of a " + what);
        }
        return text;
    }
}
