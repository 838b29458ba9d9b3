package dev.holdfast.control.access;

import java.time.Duration;

/** What came of a try to sign in. */
public sealed interface SignInResult {
    /** It is this user. */
    record Accepted(User user) implements SignInResult {}

    /** It is not; nobody outside learns whether there is such a user. */
    record Refused() implements SignInResult {}

    /**
     * Nothing was looked at.
     *
     * @param delay how long to wait until another try is looked at
     */
    record Later(Duration delay) implements SignInResult {}
}
