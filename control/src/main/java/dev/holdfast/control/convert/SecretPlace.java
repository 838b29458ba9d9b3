package dev.holdfast.control.convert;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a secret is to be found.
 *
 * @param where a variable, or a file
 */
record SecretPlace(boolean isFile, String where) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::?-[^}]*)?}");
    private static final Pattern CREDENTIAL_FILE = Pattern.compile("\\{credential file (.+)}");

    /**
     * Of a value that is a reference, what it refers to; of one that is the secret itself, the variable that it should move to.
     *
     * @param usual that variable
     */
    static SecretPlace of(String value, String usual) {
        Matcher variable = VARIABLE.matcher(value);
        if (variable.matches()) {
            return new SecretPlace(false, variable.group(1));
        }
        Matcher file = CREDENTIAL_FILE.matcher(value);
        return file.matches() ? new SecretPlace(true, file.group(1).strip()) : new SecretPlace(false, usual);
    }

    /** Whether a value is the secret itself. */
    static boolean isClear(String value) {
        return !VARIABLE.matcher(value).matches()
                && !CREDENTIAL_FILE.matcher(value).matches();
    }
}
