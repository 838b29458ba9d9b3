package dev.holdfast.server.view;

import java.time.Instant;
import java.util.Optional;

/** What is given out once, on purpose, and to whom made it: the text of a new API token, or a JWT. */
public final class ShownOnceView {
    private ShownOnceView() {}

    /** A new API token. */
    public record MadeToken(TokenView token, String secret) {}

    /** A JWT. */
    public record Jwt(String jwt, Optional<Instant> ends) {}
}
