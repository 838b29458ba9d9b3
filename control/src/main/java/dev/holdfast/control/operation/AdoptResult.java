package dev.holdfast.control.operation;

import dev.holdfast.control.adopt.AdoptedBackup;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What became of backups that were to be imported, or verified.
 *
 * @param items each of them
 * @param findings what somebody should look at
 * @param took how long it took
 */
public record AdoptResult(List<Item> items, List<Finding> findings, Duration took) {
    public AdoptResult {
        items = List.copyOf(items);
        findings = List.copyOf(findings);
    }

    /** One backup, and what became of it. */
    public record Item(AdoptedBackup backup, Outcome outcome) {}

    /** What became of one. */
    public sealed interface Outcome {
        /**
         * It is a snapshot now.
         *
         * @param part the part it became
         * @param rows how many rows came back; below zero if it is no database
         */
        record Imported(SnapshotId snapshot, String part, long rows) implements Outcome {}

        /** It was one before. */
        record There(SnapshotId snapshot) implements Outcome {}

        /** It would be imported. */
        record Planned(String part) implements Outcome {}

        /**
         * It was read to its end.
         *
         * @param proven what holds
         * @param rows how many rows came back in a test restore; below zero if there was none
         */
        record Whole(List<String> proven, long rows) implements Outcome {
            public Whole {
                proven = List.copyOf(proven);
            }
        }

        /** It cannot be used. */
        record Failed(HoldfastException reason) implements Outcome {}
    }

    public long failures() {
        return items.stream()
                .filter(item -> item.outcome() instanceof Outcome.Failed)
                .count();
    }

    /** One that failed is never hidden by others that did not: all failed is a failure, some is a finding. */
    public Optional<ErrorCode> concern() {
        Optional<HoldfastException> first = failure();
        if (first.isPresent()) {
            return failures() == items.size() ? first.map(HoldfastException::code) : Optional.of(ErrorCode.FINDINGS);
        }
        return findings.isEmpty() ? Optional.empty() : Optional.of(ErrorCode.FINDINGS);
    }

    /** Why one could not be used, if one could not. */
    public Optional<HoldfastException> failure() {
        return items.stream()
                .map(Item::outcome)
                .map(outcome -> outcome instanceof Outcome.Failed(HoldfastException reason) ? reason : null)
                .filter(Objects::nonNull)
                .findFirst();
    }
}
