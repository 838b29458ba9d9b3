package dev.holdfast.control.notify;

import java.time.Instant;
import java.util.List;

/** Knows how all stacks fare. */
@FunctionalInterface
public interface DigestSource {
    /** A summary of each stack for a time, in the order of names. */
    List<StackSummary> stacks(Instant from, Instant to);
}
