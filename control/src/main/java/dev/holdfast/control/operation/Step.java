package dev.holdfast.control.operation;

/**
 * One step of a run.
 *
 * @param phase what is done
 * @param subject to what: a part's name, or empty for the whole
 */
public record Step(Phase phase, String subject) {
    /** What a step can be. */
    public enum Phase {
        PREFLIGHT,
        OPEN,
        FREEZE,
        CAPTURE,
        COMMIT,
        RESTORE,
        COMPARE,
        EXPORT,
        CHECK,
        SYNC,
        PRUNE
    }

    static Step of(Phase phase) {
        return new Step(phase, "");
    }
}
