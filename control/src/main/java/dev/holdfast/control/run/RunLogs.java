package dev.holdfast.control.run;

/** The logs of runs. Safe for many threads. */
public interface RunLogs {
    /**
     * The log of one run, also while it goes on and if another server carries it out.
     *
     * @throws dev.holdfast.engine.error.Missing (UNKNOWN_NAME) if there is no such run
     */
    String text(RunId run);
}
