package dev.holdfast.control.operation;

import dev.holdfast.control.leaving.Leaving;
import dev.holdfast.control.leaving.LeavingTotals;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an export of everything did.
 *
 * @param location where everything is
 * @param index the page that lists it
 * @param present how many files were there before
 * @param written how many files were written
 * @param writtenBytes sum of their lengths
 * @param totals everything in the folder
 * @param failures what could not be written
 * @param findings what somebody should know
 */
public record LeavingResult(
        String location,
        String index,
        long present,
        long written,
        long writtenBytes,
        LeavingTotals totals,
        List<Leaving.Failure> failures,
        List<Finding> findings,
        Duration took)
        implements RunResult {
    public LeavingResult {
        failures = List.copyOf(failures);
        findings = List.copyOf(findings);
    }

    /** Why nothing is there; empty if anything is. */
    public Optional<Leaving.Failure> failure() {
        return present + written == 0 ? failures.stream().findFirst() : Optional.empty();
    }

    @Override
    public Optional<ErrorCode> concern() {
        if (failure().isPresent()) {
            return failure().map(failure -> failure.reason().code());
        }
        return failures.isEmpty() && findings.isEmpty() && totals.missing() == 0
                ? Optional.empty()
                : Optional.of(ErrorCode.FINDINGS);
    }
}
