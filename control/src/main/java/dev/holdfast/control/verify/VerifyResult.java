package dev.holdfast.control.verify;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a verification found.
 *
 * @param place where the files are, for people
 * @param depth how much was looked at
 * @param files each that was to be looked at
 * @param others files that look like backups and are not of the ledger; they were not looked at
 * @param findings what somebody should know
 */
public record VerifyResult(
        String place,
        FileCheck.Depth depth,
        List<FileVerdict> files,
        List<String> others,
        List<Finding> findings,
        Duration took) {
    public VerifyResult {
        files = List.copyOf(files);
        others = List.copyOf(others);
        findings = List.copyOf(findings);
    }

    public long count(FileVerdict.State state) {
        return files.stream().filter(file -> file.state() == state).count();
    }

    /** How many files were restored. */
    public long restored() {
        return files.stream().filter(file -> file.trial().isPresent()).count();
    }

    /** Why the first file that is not whole is not. */
    public Optional<HoldfastException> failure() {
        return files.stream()
                .filter(file -> file.state() == FileVerdict.State.BAD)
                .flatMap(file -> file.failure().stream())
                .findFirst()
                .or(() ->
                        files.stream().flatMap(file -> file.failure().stream()).findFirst());
    }

    /** Why it is not all well; that nothing was looked at is a failure. */
    public Optional<ErrorCode> concern() {
        if (files.isEmpty()) {
            return Optional.of(ErrorCode.CHECK_FAILED);
        }
        long bad = count(FileVerdict.State.BAD);
        if (files.size() == 1 && files.getFirst().failure().isPresent()) {
            return failure().map(HoldfastException::code);
        }
        if (bad > 0) {
            return Optional.of(ErrorCode.CHECK_FAILED);
        }
        if (count(FileVerdict.State.UNPROVEN) == files.size()) {
            return Optional.of(ErrorCode.CHECK_FAILED);
        }
        if (depth == FileCheck.Depth.RESTORE && restored() == 0) {
            return Optional.of(ErrorCode.CHECK_FAILED);
        }
        return count(FileVerdict.State.UNPROVEN) > 0 || !findings.isEmpty() || !others.isEmpty()
                ? Optional.of(ErrorCode.FINDINGS)
                : Optional.empty();
    }
}
