package dev.holdfast.connectors.files;

import java.io.IOException;
import java.util.Map;

/** A system call that failed, with its error number. */
final class PosixException extends IOException {
    private static final long serialVersionUID = 1L;

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EIO = 5;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int ENOTDIR = 20;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int ERANGE = 34;
    static final int ENAMETOOLONG = 36;
    static final int ELOOP = 40;
    static final int ENODATA = 61;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;

    private static final Map<Integer, String> MEANINGS = Map.ofEntries(
            Map.entry(EPERM, "operation not permitted"),
            Map.entry(ENOENT, "no such file or directory"),
            Map.entry(EIO, "input/output error of the disk"),
            Map.entry(EACCES, "permission denied"),
            Map.entry(EBUSY, "in use"),
            Map.entry(EEXIST, "exists already"),
            Map.entry(ENOTDIR, "not a directory"),
            Map.entry(ENOSPC, "no space left"),
            Map.entry(EROFS, "read-only file system"),
            Map.entry(ENAMETOOLONG, "path is too long for the system"),
            Map.entry(ELOOP, "is a symbolic link"),
            Map.entry(EOPNOTSUPP, "not supported by the file system"),
            Map.entry(EDQUOT, "disk quota exceeded"));

    private final String message;
    private final int number;

    PosixException(String call, byte[] path, int number) {
        this.message = call + " '" + RawPath.show(path) + "': " + meaning(number);
        this.number = number;
    }

    @Override
    public String getMessage() {
        return message;
    }

    int number() {
        return number;
    }

    boolean is(int... numbers) {
        for (int one : numbers) {
            if (one == number) {
                return true;
            }
        }
        return false;
    }

    /** Whether the file, or a folder on the way to it, is not there. */
    boolean isGone() {
        return is(ENOENT, ENOTDIR);
    }

    String meaning() {
        return meaning(number);
    }

    private static String meaning(int number) {
        return MEANINGS.getOrDefault(number, "error " + number);
    }
}
