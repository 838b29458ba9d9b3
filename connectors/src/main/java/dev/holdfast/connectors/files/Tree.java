package dev.holdfast.connectors.files;

import java.util.ArrayList;
import java.util.List;

/** Removes a directory with everything below it. Follows no link. For one thread. */
final class Tree {
    private Tree() {}

    static void remove(Posix posix, byte[] path) throws PosixException {
        if (posix.stat(path).isDirectory()) {
            for (byte[] name : openNames(posix, path)) {
                removeIfThere(posix, RawPath.join(path, name));
            }
            posix.removeFolder(path);
        } else {
            posix.unlink(path);
        }
    }

    private static void removeIfThere(Posix posix, byte[] path) throws PosixException {
        try {
            remove(posix, path);
        } catch (PosixException e) {
            if (!e.is(PosixException.ENOENT)) {
                throw e;
            }
        }
    }

    /** The names, even where the directory's own mode forbids its owner to look. */
    private static List<byte[]> openNames(Posix posix, byte[] path) throws PosixException {
        try {
            posix.changeMode(path, 0x1c0);
        } catch (PosixException e) {
            if (!e.is(PosixException.EPERM)) {
                throw e;
            }
        }
        return names(posix, path);
    }

    static List<byte[]> names(Posix posix, byte[] path) throws PosixException {
        List<byte[]> names = new ArrayList<>();
        posix.list(path, (name, folder) -> names.add(name));
        return names;
    }
}
