package dev.holdfast.cli;

import dev.holdfast.engine.error.ErrorCode;
import java.util.Optional;

/** What a command has to say once it is done. */
interface Report {
    /** Why the exit code is not 0; empty if it is. */
    Optional<ErrorCode> concern();

    /** For people. */
    void text(Page page);

    /** The fields of the command's document, without those that all have. */
    void json(Json json);

    /** What {@code error} says in the document where the concern means that something is not as it should be. */
    default String problem() {
        return "";
    }

    default String hint() {
        return "";
    }
}
