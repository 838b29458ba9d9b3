package dev.holdfast.control.access;

import java.util.Optional;

/** How somebody showed who they are. */
public sealed interface Credential {
    /** A browser's session. */
    record OfSession(SessionId session) implements Credential {}

    /**
     * An API token.
     *
     * @param label what its owner calls it
     */
    record OfToken(TokenId token, String label) implements Credential {}

    /**
     * A JWT that was issued here or by those who share the secret.
     *
     * @param token the API token it was issued for, if it was not for the user
     */
    record OfJwt(Optional<TokenId> token) implements Credential {}

    /** An access token of the identity provider. */
    record OfProvider(String issuer) implements Credential {}
}
