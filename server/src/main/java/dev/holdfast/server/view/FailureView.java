package dev.holdfast.server.view;

import dev.holdfast.control.run.RunRecord;
import dev.holdfast.engine.error.HoldfastException;

/** Why something failed. */
public record FailureView(String code, int number, String message, String hint) {
    public static FailureView of(HoldfastException failure) {
        return new FailureView(
                failure.code().label(), failure.code().number(), String.valueOf(failure.getMessage()), failure.hint());
    }

    static FailureView of(RunRecord.Problem problem) {
        return new FailureView(problem.code().label(), problem.code().number(), problem.message(), problem.hint());
    }
}
