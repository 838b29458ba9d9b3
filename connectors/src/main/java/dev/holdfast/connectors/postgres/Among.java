package dev.holdfast.connectors.postgres;

/** Whether a database is captured by itself or with all others of its server. */
public enum Among {
    /** By itself: with the roles it uses; that it is empty is worth telling. */
    ALONE,
    /** With all others: it may be empty. */
    OTHERS,
    /** With all others, the first of them: it carries every role of the server. */
    FIRST
}
