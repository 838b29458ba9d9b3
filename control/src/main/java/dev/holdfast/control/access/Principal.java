package dev.holdfast.control.access;

import java.util.Optional;

/**
 * Who asks, and what they may do right now.
 *
 * @param name the user's
 * @param grant of the user, narrowed by the token if it is one
 */
public record Principal(UserId user, String name, Grant grant, Credential credential) {

    /** Whether something may be done to one stack. */
    public boolean may(Role needed, String stack) {
        return grant.permits(needed, stack);
    }

    /** Whether something may be done that is about no stack, or about all. */
    public boolean mayEverywhere(Role needed) {
        return grant.permitsEverywhere(needed);
    }

    /** Whether something may be done at all, on whichever stacks: what is answered then is narrowed to them. */
    public boolean maySomewhere(Role needed) {
        return grant.role().covers(needed);
    }

    /** The API token that is used, directly or by a JWT that was issued for it. */
    public Optional<TokenId> token() {
        return switch (credential) {
            case Credential.OfToken token -> Optional.of(token.token());
            case Credential.OfJwt jwt -> jwt.token();
            case Credential.OfSession _, Credential.OfProvider _ -> Optional.empty();
        };
    }

    /** The name as runs and the audit trail keep it: {@code alice}, or {@code alice (token ci)}. */
    public String actor() {
        return credential instanceof Credential.OfToken token ? name + " (token " + token.label() + ")" : name;
    }
}
