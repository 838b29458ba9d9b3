package dev.holdfast.control.access;

import java.util.Optional;

/**
 * The name of a session; it is no secret: nobody signs in by it.
 *
 * @param text 26 characters of lower-case Crockford base 32 that order by time
 */
public record SessionId(String text) {
    public SessionId {
        Ulid.checked(text, "session");
    }

    /** The id that a text is, if it is one. */
    public static Optional<SessionId> parse(String text) {
        return Ulid.isValid(text) ? Optional.of(new SessionId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
