package dev.holdfast.control.verify;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import java.io.IOException;

/** What is wrong with a file of a place, for people. */
public final class FileFailures {
    private FileFailures() {}

    /** It is there, and cannot be read to its end. */
    public static Failed unreadable(FilePlace place, FileName name, IOException cause) {
        return new Failed(
                ErrorCode.FILE_UNREADABLE,
                "'" + place.location(name) + "' cannot be read: " + cause.getMessage(),
                "look at the disk or the connection, and try again.",
                cause);
    }
}
