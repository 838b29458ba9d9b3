package dev.holdfast.control.notify;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a digest says of a stack.
 *
 * @param stack its name
 * @param lastGood when a backup last succeeded
 * @param succeeded how many runs did their work in the time of the digest
 * @param failed how many did not
 * @param missed how many were not started
 * @param snapshots how many snapshots there are
 * @param storedBytes bytes at its fullest destination
 * @param behind destinations that do not hold what the others hold
 * @param proof how far its newest snapshot is proven, in words; may be empty
 */
public record StackSummary(
        String stack,
        Optional<Instant> lastGood,
        int succeeded,
        int failed,
        int missed,
        long snapshots,
        long storedBytes,
        List<String> behind,
        String proof) {
    public StackSummary {
        behind = List.copyOf(behind);
    }
}
