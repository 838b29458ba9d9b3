package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.sftp.SftpChannel.FileSystem;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Optional;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/** What refused requests and lost connections mean. */
final class SftpFailures {
    private final SftpLocation location;

    SftpFailures(SftpLocation location) {
        this.location = location;
    }

    /** Whether nothing has the name that was asked for. */
    static boolean isNothing(IOException e) {
        return e instanceof SftpException refused
                && (refused.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE
                        || refused.getStatus() == SftpConstants.SSH_FX_NO_SUCH_PATH
                        || refused.getStatus() == SftpConstants.SSH_FX_NOT_A_DIRECTORY);
    }

    /** Whether the server refused, without saying why: what OpenSSH does for a full disk and a name that is taken alike. */
    static boolean isUnexplained(IOException e) {
        return e instanceof SftpException refused
                && (refused.getStatus() == SftpConstants.SSH_FX_FAILURE
                        || refused.getStatus() == SftpConstants.SSH_FX_FILE_ALREADY_EXISTS
                        || refused.getStatus() == SftpConstants.SSH_FX_FILE_IS_A_DIRECTORY);
    }

    /**
     * @param what what could not be done, with the names
     * @param bytes about how many were to be written; 0 if none
     * @param seen the file system, as far as it can be asked
     * @param lost why the connection is gone, if it is
     */
    HoldfastException of(String what, long bytes, IOException e, Optional<FileSystem> seen, Optional<String> lost) {
        if (e instanceof SftpException refused) {
            return refused(what + " at " + location + ": " + said(refused), bytes, refused, seen);
        }
        if (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
            Thread.currentThread().interrupt();
            return new Cancelled(ErrorCode.CANCELLED, "stopped: " + what, "", e);
        }
        return new Unavailable(
                ErrorCode.STORE_UNAVAILABLE,
                what + " at " + location + ": " + lost.orElseGet(() -> said(e)),
                "see that the ssh server runs and that the network holds.",
                e);
    }

    private HoldfastException refused(String message, long bytes, SftpException e, Optional<FileSystem> seen) {
        String said = said(e).toLowerCase(Locale.ROOT);
        int status = e.getStatus();
        if (status == SftpConstants.SSH_FX_NO_SPACE_ON_FILESYSTEM
                || status == SftpConstants.SSH_FX_QUOTA_EXCEEDED
                || said.contains("no space")
                || said.contains("quota")
                || (isUnexplained(e)
                        && bytes > 0
                        && seen.filter(disk -> isFull(disk, bytes)).isPresent())) {
            return new NoSpace(
                    ErrorCode.STORE_FULL,
                    said.equals("failure") ? message + ", and its file system is full" : message,
                    "free space there, or remove what is old.",
                    e);
        }
        if (status == SftpConstants.SSH_FX_PERMISSION_DENIED
                || status == SftpConstants.SSH_FX_WRITE_PROTECT
                || said.contains("permission denied")
                || said.contains("read-only")
                || (isUnexplained(e) && seen.filter(FileSystem::readOnly).isPresent())) {
            return new AccessDenied(
                    ErrorCode.STORE_ACCESS_DENIED,
                    message,
                    "let user '" + location.server().user() + "' read and write there, and see that it is not mounted"
                            + " read-only.",
                    e);
        }
        if (isNothing(e)) {
            return new Missing(ErrorCode.STORE_OBJECT_MISSING, message, "", e);
        }
        if (status == SftpConstants.SSH_FX_OP_UNSUPPORTED) {
            return new Unsupported(ErrorCode.STORE_UNSUITABLE, message, "use a server such as that of OpenSSH.", e);
        }
        return new Unavailable(
                ErrorCode.STORE_UNAVAILABLE,
                message,
                "look at the server's log; a quota or a damaged disk may be behind it.",
                e);
    }

    private static boolean isFull(FileSystem disk, long bytes) {
        return disk.freeBytes() < bytes || disk.freeFiles() == 0;
    }

    static String said(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null || root.getMessage().isBlank()
                ? root.getClass().getSimpleName()
                : root.getMessage().strip();
    }

    AlreadyExists exists(String path, @Nullable Throwable cause) {
        return new AlreadyExists(
                ErrorCode.STORE_OBJECT_EXISTS, "'" + path + "' exists already at " + location, "", cause);
    }
}
