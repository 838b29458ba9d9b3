package dev.holdfast.control.notify;

import java.util.Optional;
import java.util.Set;

/**
 * Which messages are asked for.
 *
 * @param stacks to channels of these stacks only; empty for all, and those of the server
 * @param channel to channels of this name only
 * @param state in this state only
 */
public record DeliveryFilter(Optional<Set<String>> stacks, Optional<String> channel, Optional<Delivery.State> state) {
    /** All of them. */
    public static final DeliveryFilter ALL = new DeliveryFilter(Optional.empty(), Optional.empty(), Optional.empty());

    public DeliveryFilter {
        stacks = stacks.map(Set::copyOf);
    }

    public DeliveryFilter ofStacks(Set<String> some) {
        return new DeliveryFilter(Optional.of(some), channel, state);
    }
}
