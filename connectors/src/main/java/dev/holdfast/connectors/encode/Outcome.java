package dev.holdfast.connectors.encode;

import dev.holdfast.engine.error.HoldfastException;

/** What became of a file at one of several places. */
public sealed interface Outcome {
    /** Where, for people. */
    String location();

    /** It is there, whole. */
    record Done(String location) implements Outcome {}

    /**
     * It is not there; or, if it failed while it was committed, may be there.
     *
     * @param why what stopped it
     */
    record Failed(String location, HoldfastException why) implements Outcome {}
}
