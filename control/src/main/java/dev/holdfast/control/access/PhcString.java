package dev.holdfast.control.access;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A password's Argon2id hash as text, in the form of the Password Hashing Competition:
 * {@code $argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>}, the last two in base 64 without padding.
 */
record PhcString(Cost cost, byte[] salt, byte[] hash) {
    private static final Pattern FORM = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

    /**
     * How dear a guess is.
     *
     * @param memoryKib 64 KiB to 256 MiB, so that no stored text can use up the memory
     * @param passes 1 to 100
     * @param lanes 1 to 16
     */
    record Cost(int memoryKib, int passes, int lanes) {
        static final int MOST_KIB = 256 << 10;

        Cost {
            if (memoryKib < 64
                    || memoryKib > MOST_KIB
                    || passes < 1
                    || passes > 100
                    || lanes < 1
                    || lanes > 16
                    || memoryKib < 8 * lanes) {
                throw new IllegalArgumentException(
                        "argon2id with " + memoryKib + " KiB, " + passes + " passes, " + lanes + " lanes");
            }
        }
    }

    /** What a text says, if it is of this form. */
    static Optional<PhcString> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches() ? read(matcher) : Optional.empty();
    }

    private static Optional<PhcString> read(Matcher matcher) {
        try {
            Cost cost = new Cost(number(matcher, 1), number(matcher, 2), number(matcher, 3));
            return Optional.of(new PhcString(cost, bytes(matcher.group(4)), bytes(matcher.group(5))));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // numbers or base 64 that cannot be
        }
    }

    String text() {
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(cost.memoryKib(), cost.passes(), cost.lanes(), text(salt), text(hash));
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    private static byte[] bytes(String text) {
        return Base64.getDecoder().decode(text);
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "PhcString[" + cost + "]";
    }
}
