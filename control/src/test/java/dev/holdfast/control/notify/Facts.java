package dev.holdfast.control.notify;

import dev.holdfast.engine.error.ErrorCode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Facts to tell. */
final class Facts {
    private Facts() {}

    static Fact.RunEnded run(String kind, RunOutcome outcome, Instant at) {
        return run("shop", kind, outcome, at);
    }

    static Fact.RunEnded run(String stack, String kind, RunOutcome outcome, Instant at) {
        boolean bad = outcome == RunOutcome.FAILED;
        return new Fact.RunEnded(
                stack,
                "01j",
                kind,
                outcome,
                false,
                at.minusSeconds(42),
                at,
                bad
                        ? Optional.of(new Fact.Problem(
                                ErrorCode.STORE_UNAVAILABLE, "'offsite' does not answer", "look at its URL."))
                        : Optional.empty(),
                List.of(),
                outcome == RunOutcome.SUCCEEDED ? Optional.of("snap-1") : Optional.empty(),
                1_800_000,
                20_000,
                "first line\nlast line\n");
    }

    static Fact.RunEnded retried(Fact.RunEnded run) {
        return new Fact.RunEnded(
                run.stack(),
                run.run(),
                run.kind(),
                run.outcome(),
                true,
                run.began(),
                run.at(),
                run.problem(),
                run.findings(),
                run.snapshot(),
                run.readBytes(),
                run.storedBytes(),
                run.logTail());
    }

    static Fact.RunEnded found(Fact.RunEnded run, String... findings) {
        return new Fact.RunEnded(
                run.stack(),
                run.run(),
                run.kind(),
                run.outcome(),
                run.willRetry(),
                run.began(),
                run.at(),
                run.problem(),
                List.of(findings),
                run.snapshot(),
                run.readBytes(),
                run.storedBytes(),
                run.logTail());
    }
}
