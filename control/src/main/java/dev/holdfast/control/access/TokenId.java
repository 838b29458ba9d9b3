package dev.holdfast.control.access;

import java.util.Optional;

/**
 * The name of an API token.
 *
 * @param text 26 characters of lower-case Crockford base 32 that order by time
 */
public record TokenId(String text) {
    public TokenId {
        Ulid.checked(text, "token");
    }

    /** The id that a text is, if it is one. */
    public static Optional<TokenId> parse(String text) {
        return Ulid.isValid(text) ? Optional.of(new TokenId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
