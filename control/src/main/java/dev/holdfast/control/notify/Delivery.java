package dev.holdfast.control.notify;

import java.time.Instant;
import java.util.Optional;

/**
 * A message to one channel.
 *
 * @param id its id, in the order in which messages were made
 * @param stack whose channel it is; empty for one of the server
 * @param channel the channel's name
 * @param kind as {@code failure}, or {@code ping-success}
 * @param title one line
 * @param created when it was made
 * @param attempts how often it was tried
 * @param next when it is tried next, if it waits
 * @param answer what the other side said last
 * @param ended when it was delivered or given up
 */
public record Delivery(
        String id,
        Optional<String> stack,
        String channel,
        String kind,
        String title,
        State state,
        Instant created,
        int attempts,
        Optional<Instant> next,
        String answer,
        Optional<Instant> ended) {
    /** How it stands. */
    public enum State {
        WAITING,
        DELIVERED,
        /** Given up. */
        FAILED
    }
}
