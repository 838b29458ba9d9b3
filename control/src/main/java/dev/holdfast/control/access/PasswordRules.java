package dev.holdfast.control.access;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a password must be like: long, and not what everybody tries first. No rules about kinds of characters. */
public final class PasswordRules {
    public static final int LEAST_CHARACTERS = 12;
    public static final int MOST_CHARACTERS = 256;

    private static final int LEAST_DISTINCT = 5;
    private static final int LEAST_BESIDE_NAME = 6;

    /** Of the lists of passwords that leaked most, those that are long enough; and those that suggest themselves here. */
    private static final Set<String> WORST = Set.of(
            "123456789012",
            "1234567890123",
            "12345678901234",
            "123456789012345",
            "1234567890123456",
            "012345678901",
            "0123456789012",
            "123123123123",
            "123456123456",
            "1234567891011",
            "123456789101112",
            "098765432109",
            "987654321098",
            "abcdefghijkl",
            "abcdefghijklm",
            "abcdefghijklmnopqrstuvwxyz",
            "abcdef123456",
            "abcd1234abcd",
            "abc123abc123",
            "1q2w3e4r5t6y",
            "1q2w3e4r5t6y7u",
            "1qaz2wsx3edc",
            "1qaz2wsx3edc4rfv",
            "qazwsxedcrfv",
            "q1w2e3r4t5y6",
            "qwertyuiop12",
            "qwertyuiop123",
            "qwertyuiop[]",
            "qwertyuiopasdf",
            "qwertyuiopasdfghjkl",
            "qwerty123456",
            "qwerty1234567",
            "qwertyqwerty",
            "asdfghjkl123",
            "asdfghjkl;'\\",
            "asdfasdfasdf",
            "zxcvbnm12345",
            "zaq12wsxcde3",
            "passwordpassword",
            "password1234",
            "password12345",
            "password123456",
            "password1password",
            "password2024",
            "password2025",
            "password2026",
            "p@ssw0rd1234",
            "p@ssword1234",
            "passw0rd1234",
            "passphrase123",
            "mypassword12",
            "mypassword123",
            "changemechangeme",
            "changeme1234",
            "changeme12345",
            "changeme123456",
            "letmeinletmein",
            "letmein123456",
            "welcome12345",
            "welcome123456",
            "welcomewelcome",
            "iloveyou1234",
            "iloveyouiloveyou",
            "trustno1trustno1",
            "administrator",
            "administrator1",
            "administrator123",
            "administrator1!",
            "adminadminadmin",
            "admin1234567",
            "admin12345678",
            "admin123456789",
            "rootrootroot",
            "superadmin123",
            "superuser123",
            "secretsecret",
            "secret123456",
            "supersecret1",
            "supersecret123",
            "topsecret123",
            "defaultdefault",
            "minioadmin12",
            "minioadmin123",
            "minioadminminioadmin",
            "rustfsadmin123",
            "rustfsadmin1",
            "postgrespostgres",
            "postgres1234",
            "postgres123456",
            "holdfastholdfast",
            "holdfast1234",
            "holdfast12345",
            "holdfast123456",
            "holdfastadmin",
            "backupbackup",
            "backup123456",
            "monkeymonkey",
            "dragondragon",
            "footballfootball",
            "baseballbaseball",
            "sunshine1234",
            "princess1234",
            "correcthorsebatterystaple",
            "correct horse battery staple");

    private PasswordRules() {}

    /**
     * @throws Invalid (CONFIGURATION_INVALID) if a user of this name may not have this password
     */
    static void check(String userName, Secret password) {
        problem(userName, password.text()).ifPresent(problem -> {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the password " + problem,
                    "take " + LEAST_CHARACTERS
                            + " characters or more that nobody would try, such as four random words.");
        });
    }

    /** What is wrong with a password, as the end of a sentence; empty if nothing is. */
    public static Optional<String> problem(String userName, String password) {
        String lower = password.toLowerCase(Locale.ROOT);
        if (password.codePointCount(0, password.length()) < LEAST_CHARACTERS) {
            return Optional.of("is shorter than " + LEAST_CHARACTERS + " characters");
        }
        if (password.length() > MOST_CHARACTERS) {
            return Optional.of("is longer than " + MOST_CHARACTERS + " characters");
        }
        if (lower.replace(userName.toLowerCase(Locale.ROOT), "").length() < LEAST_BESIDE_NAME) {
            return Optional.of("is little more than the user's name");
        }
        return WORST.contains(lower) || lower.chars().distinct().count() < LEAST_DISTINCT
                ? Optional.of("is one of those that are tried first")
                : Optional.empty();
    }
}
