package dev.holdfast.server.view;

import dev.holdfast.control.notify.Delivery;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A message to one channel.
 *
 * @param stack whose channel it is; empty for one of the server
 * @param attempts how often it was tried
 * @param next when it is tried again
 * @param answer what the other side said last, without secrets
 * @param ended when it was delivered or given up
 */
public record DeliveryView(
        String id,
        Optional<String> stack,
        String channel,
        String kind,
        String title,
        String state,
        Instant created,
        int attempts,
        Optional<Instant> next,
        String answer,
        Optional<Instant> ended) {
    public static DeliveryView of(Delivery delivery) {
        return new DeliveryView(
                delivery.id(),
                delivery.stack(),
                delivery.channel(),
                delivery.kind(),
                delivery.title(),
                delivery.state().name().toLowerCase(Locale.ROOT),
                delivery.created(),
                delivery.attempts(),
                delivery.next(),
                delivery.answer(),
                delivery.ended());
    }
}
