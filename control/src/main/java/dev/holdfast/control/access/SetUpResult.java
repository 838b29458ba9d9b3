package dev.holdfast.control.access;

import java.time.Duration;

/** What came of a try to make the first administrator. */
public sealed interface SetUpResult {
    /** This is the administrator; nobody else can become one this way. */
    record Made(User administrator) implements SetUpResult {}

    /** The code is not the one of this catalog's servers. */
    record WrongCode() implements SetUpResult {}

    /** There is an administrator already, perhaps since a moment ago. */
    record AlreadyDone() implements SetUpResult {}

    /**
     * Nothing was looked at.
     *
     * @param delay how long to wait until another try is looked at
     */
    record Later(Duration delay) implements SetUpResult {}
}
