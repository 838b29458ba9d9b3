package dev.holdfast.control.notify;

import java.util.Optional;
import java.util.Set;

/**
 * Which incidents are asked for.
 *
 * @param stacks of these stacks only; empty for all, and those of the server
 * @param open whether only those that go on, or only those that are over; empty for both
 */
public record IncidentFilter(Optional<Set<String>> stacks, Optional<Boolean> open) {
    /** All of them. */
    public static final IncidentFilter ALL = new IncidentFilter(Optional.empty(), Optional.empty());

    public IncidentFilter {
        stacks = stacks.map(Set::copyOf);
    }

    public IncidentFilter ofStacks(Set<String> some) {
        return new IncidentFilter(Optional.of(some), open);
    }

    /** Only those that go on. */
    public IncidentFilter goingOn() {
        return new IncidentFilter(stacks, Optional.of(true));
    }
}
