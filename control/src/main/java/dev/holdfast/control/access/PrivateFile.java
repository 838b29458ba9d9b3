package dev.holdfast.control.access;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A small text file that only this account may read: mode 600 from its first byte on, replaced as a whole.
 *
 * @param path where it is
 */
public record PrivateFile(Path path) {
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    /**
     * @throws Failed (FILE_UNWRITABLE) if it cannot be written
     */
    public void write(String text) {
        Path folder = Optional.ofNullable(path.toAbsolutePath().getParent()).orElseThrow();
        try {
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, ".", ".new", PosixFilePermissions.asFileAttribute(OWN));
            try {
                Files.writeString(fresh, text);
                Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE,
                    "'" + path + "' cannot be written",
                    "look at the permissions of its folder and at the disk.",
                    e);
        }
    }

    /**
     * The text; empty if there is no such file.
     *
     * @throws AccessDenied (FILE_UNREADABLE) if it cannot be read, or others could: then what is in it is a secret no more
     */
    public Optional<String> read() {
        try {
            refuseOpen();
            return Optional.of(Files.readString(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new AccessDenied(
                    ErrorCode.FILE_UNREADABLE, "'" + path + "' cannot be read", "look at its permissions.", e);
        }
    }

    private void refuseOpen() throws IOException {
        Set<PosixFilePermission> open = EnumSet.copyOf(OTHERS);
        open.retainAll(Files.getPosixFilePermissions(path));
        if (!open.isEmpty()) {
            throw new AccessDenied(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + path + "' holds a secret, and others may use it: " + PosixFilePermissions.toString(open),
                    "delete it, so that a new secret is made, or set its mode to 600 if nobody can have read it.");
        }
    }

    /** Removes the file if it is there. */
    public void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE,
                    "'" + path + "' cannot be removed",
                    "look at its folder's permissions.",
                    e);
        }
    }
}
