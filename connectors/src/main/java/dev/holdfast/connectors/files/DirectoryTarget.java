package dev.holdfast.connectors.files;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.source.Target;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A directory that a part is restored to. Everything is restored into a hidden directory beside it ({@code
 * .NAME.holdfast-…}) and gets its final name as the last step; what was there before is removed only after that. Where the
 * directory is the root of a file system of its own, the hidden directory is made inside and its contents are moved up.
 */
public final class DirectoryTarget implements Target {
    private static final int OWNER_ONLY = 0x1c0;
    private static final int OWNER_WRITES = 0x80;

    private final Path directory;
    private final byte[] root;
    private final String suffix = ".holdfast-" + UUID.randomUUID().toString().substring(0, 8);
    private final Posix posix = Posix.open();
    private boolean checked;

    /**
     * @param directory absent, empty, or to be replaced
     */
    public DirectoryTarget(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
        root = Roots.resolved(this.directory);
    }

    @Override
    public String kind() {
        return "directory";
    }

    @Override
    public String location() {
        return directory.toString();
    }

    /** Whether something is already there that a restore would replace. */
    public boolean occupied() {
        try {
            Stat stat = statOrNull(root);
            return stat != null && (!stat.isDirectory() || hasFiles(root, stat));
        } catch (PosixException e) {
            throw failure(e);
        }
    }

    private boolean hasFiles(byte[] folder, Stat stat) throws PosixException {
        List<byte[]> names = Tree.names(posix, folder);
        // every ext4 file system is born with one
        return isMountPoint(stat) ? names.stream().anyMatch(name -> !isLostAndFound(name)) : !names.isEmpty();
    }

    private @Nullable Stat statOrNull(byte[] path) throws PosixException {
        try {
            return posix.stat(path);
        } catch (PosixException e) {
            if (e.is(PosixException.ENOENT)) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public RestorePlan plan(PartReader part, boolean overwrite) {
        RestorePlan.Builder plan = RestorePlan.of(part)
                .step("Everything is restored into a hidden directory beside '" + directory
                        + "', which then takes its name.");
        if (occupied()) {
            if (!overwrite) {
                return plan.obstacle(new AlreadyExists(
                                ErrorCode.DIRECTORY_NOT_EMPTY,
                                "'" + directory + "' is not empty",
                                "Restore to another directory with --to, or replace it with --overwrite."))
                        .build();
            }
            plan.loss("Everything at " + directory + " will be replaced.");
        }
        requireReplaceable();
        checked = true;
        return plan.build();
    }

    private void requireReplaceable() {
        Path parent = directory.getParent();
        if (parent == null) {
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE, "the root of the machine cannot be replaced", "Restore elsewhere.");
        }
        requireNoRepository();
    }

    /** Whatever else is replaced was confirmed; a repository among it is more than anybody meant. */
    private void requireNoRepository() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    if (LocalStore.looksLikeRepository(folder)) {
                        throw new Invalid(
                                ErrorCode.DIRECTORY_NOT_EMPTY,
                                "'" + folder + "' holds a repository, and restoring to '" + directory
                                        + "' would delete it",
                                "Move the repository out of the directory, or restore elsewhere with --to.");
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNREADABLE,
                    "cannot look through '" + directory + "': " + e.getMessage(),
                    "See that its folders can be read.",
                    e);
        }
    }

    @Override
    public RestoreReport restore(PartReader part, Progress progress) {
        if (!checked) {
            throw new IllegalStateException("restore before preflight");
        }
        try {
            Stat there = statOrNull(root);
            boolean inside = there != null && there.isDirectory() && (isMountPoint(there) || !mayMakeBeside());
            byte[] unfinished = inside ? RawPath.join(root, RawPath.of(suffix)) : beside(suffix);
            makeParents();
            try {
                RestoreReport report = new TreeRestorer(posix, part, unfinished, progress).restore();
                posix.syncFileSystem(unfinished);
                byte[] old = inside ? moveUp(unfinished) : moveInPlace(unfinished, there);
                return withRemoved(old, report);
            } catch (Throwable e) {
                removeQuietly(unfinished, e);
                throw e;
            }
        } catch (PosixException e) {
            throw failure(e);
        }
    }

    private byte[] beside(String end) {
        int slash = root.length - 1;
        while (slash >= 0 && root[slash] != '/') {
            slash--;
        }
        byte[] parent = Arrays.copyOf(root, slash + 1);
        byte[] name = Arrays.copyOfRange(root, slash + 1, Math.min(root.length, slash + 1 + 200));
        return RawPath.concat(RawPath.concat(parent, RawPath.concat(RawPath.of("."), name)), RawPath.of(end));
    }

    private boolean mayMakeBeside() {
        Path parent = directory.getParent();
        return parent != null && Files.isWritable(parent);
    }

    private boolean isMountPoint(Stat stat) throws PosixException {
        Stat parent = posix.stat(RawPath.join(root, RawPath.of("..")));
        return parent.device() != stat.device() || parent.inode() == stat.inode();
    }

    private void makeParents() {
        Path parent = directory.getParent();
        try {
            if (parent != null && !Files.isDirectory(parent)) {
                Files.createDirectories(parent);
            }
        } catch (IOException e) {
            throw new AccessDenied(
                    ErrorCode.FILE_UNWRITABLE,
                    "cannot make '" + parent + "': " + e.getMessage(),
                    "Let the user that runs holdfast write there.",
                    e);
        }
    }

    /** What is there steps aside, the new takes its name, and only then the old is removed. */
    private byte[] moveInPlace(byte[] unfinished, @Nullable Stat there) throws PosixException {
        byte[] old = beside(suffix + "-old");
        if (there != null) {
            posix.rename(root, old);
        }
        try {
            posix.rename(unfinished, root);
        } catch (PosixException e) {
            if (there != null) {
                posix.rename(old, root);
            }
            throw e;
        }
        posix.syncFolder(RawPath.join(root, RawPath.of("..")));
        return old;
    }

    /** Removes what was replaced; that it cannot be removed does not undo the restore. */
    private RestoreReport withRemoved(byte[] old, RestoreReport report) {
        try {
            if (statOrNull(old) != null) {
                Stat restored = posix.stat(root);
                Tree.remove(posix, old);
                // it may have been in there
                posix.changeTime(root, restored.modified());
            }
            return report;
        } catch (PosixException e) {
            List<Finding> findings = new ArrayList<>(report.findings());
            findings.add(new Finding(
                    RawPath.show(old), "what was there before is still here and can be removed: " + e.getMessage()));
            return new RestoreReport(report.entries(), report.bytes(), findings);
        }
    }

    /** The same where the directory itself cannot be renamed. */
    private byte[] moveUp(byte[] unfinished) throws PosixException {
        byte[] old = RawPath.join(root, RawPath.of(suffix + "-old"));
        Stat wanted = posix.stat(unfinished);
        Map<String, byte[]> extended = FileAttributes.kept(posix.attributes(unfinished));
        posix.changeMode(unfinished, OWNER_ONLY);
        posix.makeFolder(old, OWNER_ONLY);
        Moves moves = new Moves();
        try {
            for (byte[] name : Tree.names(posix, root)) {
                byte[] path = RawPath.join(root, name);
                boolean stays = Arrays.equals(path, old) || Arrays.equals(path, unfinished) || isLostAndFound(name);
                if (!stays) {
                    moves.move(path, RawPath.join(old, name));
                }
            }
            for (byte[] name : Tree.names(posix, unfinished)) {
                if (!isLostAndFound(name)) {
                    moves.move(RawPath.join(unfinished, name), RawPath.join(root, name));
                }
            }
            dressRoot(wanted, extended);
        } catch (PosixException e) {
            moves.undo();
            posix.removeFolder(old);
            throw e;
        }
        Tree.remove(posix, unfinished);
        posix.changeTime(root, wanted.modified());
        posix.syncFileSystem(root);
        return old;
    }

    private void dressRoot(Stat wanted, Map<String, byte[]> extended) throws PosixException {
        for (Map.Entry<String, byte[]> one : extended.entrySet()) {
            posix.setAttribute(root, one.getKey(), one.getValue());
        }
        if (posix.isRoot()) {
            posix.changeOwner(root, wanted.uid(), wanted.gid());
        }
        if (posix.isRoot() || posix.stat(root).uid() == posix.user()) {
            posix.changeMode(root, wanted.permissions());
        }
    }

    /** It belongs to the file system itself. */
    private static boolean isLostAndFound(byte[] name) {
        return RawPath.show(name).equals("lost+found");
    }

    /** Moves that can be undone. */
    private final class Moves {
        private final Deque<byte[][]> done = new ArrayDeque<>();

        void move(byte[] from, byte[] to) throws PosixException {
            // a directory must be writable to get another parent
            Stat stat = posix.stat(from);
            boolean opened = stat.isDirectory() && !posix.isRoot() && (stat.permissions() & OWNER_WRITES) == 0;
            if (opened) {
                posix.changeMode(from, stat.permissions() | OWNER_WRITES);
            }
            posix.rename(from, to);
            done.push(new byte[][] {from, to});
            if (opened) {
                posix.changeMode(to, stat.permissions());
            }
        }

        void undo() throws PosixException {
            for (byte[][] move : done) {
                posix.rename(move[1], move[0]);
            }
        }
    }

    private void removeQuietly(byte[] unfinished, Throwable failure) {
        try {
            if (statOrNull(unfinished) != null) {
                Tree.remove(posix, unfinished);
            }
        } catch (PosixException e) {
            failure.addSuppressed(e);
        }
    }

    static HoldfastException failure(PosixException e) {
        if (e.is(PosixException.ENOSPC, PosixException.EDQUOT)) {
            return new NoSpace(
                    ErrorCode.STORE_FULL,
                    e.getMessage(),
                    "Free space there, or restore to another place with --to.",
                    e);
        }
        if (e.is(PosixException.EACCES, PosixException.EPERM, PosixException.EROFS)) {
            return new AccessDenied(
                    ErrorCode.FILE_UNWRITABLE, e.getMessage(), "Let the user that runs holdfast write there.", e);
        }
        return new Failed(ErrorCode.FILE_UNWRITABLE, e.getMessage(), "Restore to another place with --to.", e);
    }

    @Override
    public void close() {
        // holds nothing
    }
}
