package dev.holdfast.control.access;

import java.util.Optional;

/**
 * The name of a user.
 *
 * @param text 26 characters of lower-case Crockford base 32 that order by time
 */
public record UserId(String text) {
    public UserId {
        Ulid.checked(text, "user");
    }

    /** The id that a text is, if it is one. */
    public static Optional<UserId> parse(String text) {
        return Ulid.isValid(text) ? Optional.of(new UserId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
