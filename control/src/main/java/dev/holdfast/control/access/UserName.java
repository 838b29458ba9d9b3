package dev.holdfast.control.access;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.Locale;
import java.util.regex.Pattern;

/** What users may be called. */
final class UserName {
    private static final int MOST = 64;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0," + (MOST - 1) + "}");

    private UserName() {}

    static boolean isValid(String name) {
        return FORM.matcher(name).matches();
    }

    static String checked(String name) {
        if (!isValid(name)) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'" + Plain.text(name, MOST) + "' cannot be the name of a user",
                    "take 1 to " + MOST + " letters, digits and . _ @ + -, beginning with a letter or digit.");
        }
        return name;
    }

    /** The form in which names are compared. */
    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** The nearest name that is allowed, for one that another system gave out. */
    static String nearest(String foreign, String otherwise) {
        String plain = foreign.strip().replaceAll("[^A-Za-z0-9._@+-]+", "-").replaceAll("^[^A-Za-z0-9]+", "");
        String cut = plain.substring(0, Math.min(plain.length(), MOST));
        return cut.isEmpty() ? otherwise : cut;
    }
}
