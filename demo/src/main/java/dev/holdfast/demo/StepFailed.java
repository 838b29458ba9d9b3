package dev.holdfast.demo;

import org.jspecify.annotations.Nullable;

/** A step of the demo did not do what it should; the message is for people and may have several lines. */
final class StepFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final DemoStep step;

    StepFailed(DemoStep step, String message) {
        this(step, message, null);
    }

    StepFailed(DemoStep step, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.step = step;
    }

    DemoStep step() {
        return step;
    }
}
