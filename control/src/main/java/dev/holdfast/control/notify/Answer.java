package dev.holdfast.control.notify;

import java.time.Duration;
import java.util.Optional;

/** What the other side said to a message. No secret is in it. */
public sealed interface Answer {
    /** One line for people. */
    String said();

    /** It took the message. */
    record Taken(String said) implements Answer {}

    /**
     * It did not take it now, but may later.
     *
     * @param pause how long it asked to be left alone
     */
    record Later(String said, Optional<Duration> pause) implements Answer {}

    /**
     * It will not take it, however often it is tried.
     *
     * @param hint what to do about it
     */
    record Refused(String said, Optional<String> hint) implements Answer {}
}
