package dev.holdfast.control.operation;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import java.util.List;
import java.util.Optional;

/**
 * How a snapshot and what it was compared with stand to each other.
 *
 * @param snapshot which snapshot
 * @param parts what was found in each part
 * @param findings what somebody should know about the repository
 */
public record CompareResult(Snapshot snapshot, List<PartComparison> parts, List<Finding> findings)
        implements RunResult {
    public CompareResult {
        parts = List.copyOf(parts);
        findings = List.copyOf(findings);
    }

    /**
     * @param part which part
     * @param with what it was compared with
     * @param compared how many things were compared
     * @param differences the first of them
     * @param differenceCount how many there are
     */
    public record PartComparison(
            Part part, String with, long compared, List<Difference> differences, long differenceCount) {
        public PartComparison {
            differences = List.copyOf(differences);
        }

        public boolean equal() {
            return differenceCount == 0;
        }
    }

    /**
     * @param key the entry, as people know it; empty for the part as a whole
     * @param what what differs
     */
    public record Difference(String key, String what) {}

    /** Whether something was compared and all of it is equal. */
    public boolean equal() {
        return !parts.isEmpty() && parts.stream().allMatch(PartComparison::equal);
    }

    @Override
    public Optional<ErrorCode> concern() {
        if (!equal()) {
            return Optional.of(ErrorCode.DIFFERENT);
        }
        return findings.isEmpty() ? Optional.empty() : Optional.of(ErrorCode.FINDINGS);
    }
}
