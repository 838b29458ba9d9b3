package dev.holdfast.control.access;

import java.util.Optional;

/**
 * Who did something, as the audit trail keeps it, also when the user is gone.
 *
 * @param name as people know it
 * @param token the API token that was used
 */
public record Actor(String name, Optional<UserId> user, Optional<TokenId> token) {
    /** The server itself: the schedule, a retry, set-up from the environment. */
    public static final Actor SERVER = new Actor("(server)", Optional.empty(), Optional.empty());

    /** Somebody who did not show who they are. */
    public static final Actor UNKNOWN = new Actor("(unknown)", Optional.empty(), Optional.empty());

    private static final int LONGEST = 200;

    public Actor {
        name = Plain.text(name, LONGEST);
    }

    public static Actor of(Principal principal) {
        return new Actor(principal.actor(), Optional.of(principal.user()), principal.token());
    }

    public static Actor of(User user) {
        return new Actor(user.name(), Optional.of(user.id()), Optional.empty());
    }
}
