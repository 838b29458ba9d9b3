package dev.holdfast.control.access;

import dev.holdfast.control.config.Secret;
import java.security.SecureRandom;
import java.util.Locale;

/** The code of the first run: 24 characters of Crockford base 32 (120 random bits) in groups of four, to be typed over. */
final class SetUpCode {
    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 24;
    private static final int GROUP = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SetUpCode() {}

    static Secret make() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            text.append(i > 0 && i % GROUP == 0 ? "-" : "").append(DIGITS.charAt(RANDOM.nextInt(DIGITS.length())));
        }
        return new Secret(text.toString());
    }

    /** The hash of a code, however it was typed: case, dashes and spaces do not matter, O is 0, I and L are 1. */
    static String hash(Secret code) {
        String typed = code.text().toUpperCase(Locale.ROOT).replaceAll("[\\s-]", "");
        return OpaqueSecret.hash(
                "set-up " + typed.replace('O', '0').replace('I', '1').replace('L', '1'));
    }
}
