package dev.holdfast.server.auth;

import dev.holdfast.control.access.User;

/** What came of a sign-in at the identity provider. */
public sealed interface OidcResult {
    /**
     * It is this user, for whom a session may be opened.
     *
     * @param returnTo a path of this server, where the browser was going
     */
    record Accepted(User user, String returnTo) implements OidcResult {}

    /** The provider knows the user, but none of the user's groups may do anything here, or the user was disabled here. */
    record NotAllowed() implements OidcResult {}

    /**
     * It did not hold.
     *
     * @param why for the log; browsers are told no more than that it did not
     */
    record Refused(String why) implements OidcResult {}
}
