package dev.holdfast.control.access;

/** What came of something that is in the audit trail. */
public enum Outcome {
    /** It was done, or begun if it takes its time. */
    DONE,
    /** It was not allowed. */
    REFUSED,
    /** It was allowed and could not be done. */
    FAILED
}
