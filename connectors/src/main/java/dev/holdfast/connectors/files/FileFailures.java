package dev.holdfast.connectors.files;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.NoSpace;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/**
 * Says what a call of the file system that failed means for a file that people named.
 *
 * @param full what to do where there is no room
 * @param elsewhere what to do where nothing else is known
 */
record FileFailures(String full, String elsewhere) {
    /**
     * @param what what could not be done, for example {@code cannot write '/a/b'}
     */
    HoldfastException of(String what, IOException e) {
        String reason = reason(e);
        String message = what + ": " + (e instanceof AccessDeniedException ? "permission denied" : describe(e, reason));
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("no space") || lower.contains("quota")) {
            return new NoSpace(ErrorCode.STORE_FULL, message, full, e);
        }
        if (e instanceof AccessDeniedException || lower.contains("read-only") || lower.contains("not permitted")) {
            return new AccessDenied(
                    ErrorCode.FILE_UNWRITABLE, message, "let the user that runs holdfast write there.", e);
        }
        return new Failed(ErrorCode.FILE_UNWRITABLE, message, elsewhere, e);
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : e.getMessage();
        return String.valueOf(reason);
    }

    private static String describe(IOException e, String reason) {
        return e instanceof NoSuchFileException ? "there is no such file or folder" : reason;
    }
}
