package dev.holdfast.engine.crypto;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.WrongKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Locale;

/**
 * The form of a recovery code: 40 characters of Crockford base 32 in eight groups of five, of which 38 are random (190 bits)
 * and two check the others, so that a slip of the pen is told from a wrong code.
 */
public final class RecoveryCodes {
    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int RANDOM_DIGITS = 38;
    private static final int ALL_DIGITS = 40;
    private static final int GROUP = 5;

    private RecoveryCodes() {}

    /** A new code, grouped by dashes. */
    public static String generate(SecureRandom random) {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < RANDOM_DIGITS; i++) {
            code.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        code.append(checkDigits(code.toString()));
        for (int at = ALL_DIGITS - GROUP; at > 0; at -= GROUP) {
            code.insert(at, '-');
        }
        return code.toString();
    }

    /**
     * The 40 characters of a code as people type it: without dashes and blanks, upper case, with O for 0 and I or L for 1
     * put right.
     *
     * @throws WrongKey if it cannot be a recovery code
     */
    public static String normalise(String typed) {
        String code = typed.replaceAll("[\\s-]", "")
                .toUpperCase(Locale.ROOT)
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
        if (code.length() != ALL_DIGITS || code.chars().anyMatch(c -> DIGITS.indexOf(c) < 0)) {
            throw new WrongKey(
                    ErrorCode.WRONG_KEY,
                    "this is not a recovery code: expected " + ALL_DIGITS + " letters and digits, found "
                            + code.length(),
                    "Copy the whole code that 'holdfast init' printed, eight groups of five characters.");
        }
        if (!checkDigits(code.substring(0, RANDOM_DIGITS)).equals(code.substring(RANDOM_DIGITS))) {
            throw new WrongKey(
                    ErrorCode.WRONG_KEY,
                    "the recovery code has a slip in it: its check digits do not fit",
                    "Compare it character by character with the copy that was saved.");
        }
        return code;
    }

    private static String checkDigits(String random) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(random.getBytes(StandardCharsets.US_ASCII));
            return "" + DIGITS.charAt(digest[0] & 31) + DIGITS.charAt(digest[1] & 31);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
