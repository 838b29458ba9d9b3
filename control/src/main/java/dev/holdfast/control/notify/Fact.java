package dev.holdfast.control.notify;

import dev.holdfast.engine.error.ErrorCode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Something that was seen, good or bad. {@link Notifier#hear} decides what people are told of it. */
public sealed interface Fact {
    /** When it was seen. */
    Instant at();

    /**
     * A run began its work.
     *
     * @param run its id
     * @param kind as {@code backup}
     */
    record RunBegan(String stack, String run, String kind, Instant at) implements Fact {}

    /**
     * A run ended.
     *
     * @param run its id
     * @param kind as {@code backup}
     * @param willRetry whether it is tried again by itself: then nobody is told of its failure
     * @param began when it began
     * @param at when it ended
     * @param problem why it failed or needs attention
     * @param findings what a person should know, a sentence each
     * @param snapshot the snapshot it made or used
     * @param readBytes bytes read at the sources
     * @param storedBytes bytes added to each destination
     * @param logTail the end of its log, may be empty
     */
    record RunEnded(
            String stack,
            String run,
            String kind,
            RunOutcome outcome,
            boolean willRetry,
            Instant began,
            Instant at,
            Optional<Problem> problem,
            List<String> findings,
            Optional<String> snapshot,
            long readBytes,
            long storedBytes,
            String logTail)
            implements Fact {
        public RunEnded {
            findings = List.copyOf(findings);
        }
    }

    /**
     * A run should have been there by now. That it came at last is told by {@link RunEnded}.
     *
     * @param kind as {@code backup}
     * @param due when it was due
     * @param missed true if it was not started in time and will not be; false if it is under way or may still come
     * @param lastGood when a run of this kind last did its work
     */
    record RunOverdue(String stack, String kind, Instant due, boolean missed, Optional<Instant> lastGood, Instant at)
            implements Fact {}

    /**
     * How a destination stands.
     *
     * @param level whether it holds everything that the others hold
     * @param reason why it does not, empty if it does
     */
    record DestinationSeen(String stack, String destination, boolean level, String reason, Instant at)
            implements Fact {}

    /**
     * How much a destination holds.
     *
     * @param usedBytes bytes of the repository there
     */
    record StorageSeen(String stack, String destination, long usedBytes, Instant at) implements Fact {}

    /**
     * What a new snapshot has in it, and what those before it had.
     *
     * @param snapshot the new one
     * @param now its parts, and tables, buckets or folders in them
     * @param before the same of earlier snapshots of this stack, the newest first, about seven
     */
    record SizesSeen(String stack, String snapshot, List<PartSize> now, List<List<PartSize>> before, Instant at)
            implements Fact {
        public SizesSeen {
            now = List.copyOf(now);
            before = before.stream().map(List::copyOf).toList();
        }
    }

    /**
     * When a certificate or a key ends.
     *
     * @param stack which stack it belongs to; empty for the server's own
     * @param what as {@code certificate} or {@code key}
     * @param name which one, as people know it
     * @param ends when it ends
     */
    record ExpirySeen(Optional<String> stack, String what, String name, Instant ends, Instant at) implements Fact {}

    /**
     * All things of one sort that the server has, and when each of them ends. What is not among them any more is no concern.
     *
     * @param what as {@code token}
     */
    record ExpiriesSeen(String what, List<Expiry> all, Instant at) implements Fact {
        public ExpiriesSeen {
            all = List.copyOf(all);
        }
    }

    /**
     * When something ends.
     *
     * @param name which one, as people know it
     * @param began when it was made: what is made for a short time is no alarm from the beginning
     * @param ends when it ends
     */
    record Expiry(String name, Instant began, Instant ends) {}

    /**
     * Why a run failed.
     *
     * @param message what happened to what
     * @param hint what to do; may be empty
     */
    record Problem(ErrorCode code, String message, String hint) {}

    /**
     * How much there is of something in a snapshot.
     *
     * @param part the part
     * @param item a table, bucket or folder in it; empty for the whole part
     * @param rows rows of a table or entries; empty if nobody counted
     * @param bytes bytes of its content
     */
    record PartSize(String part, String item, OptionalLong rows, long bytes) {
        /** How messages call it. */
        String title() {
            return item.isEmpty() ? part : part + " " + item;
        }
    }
}
