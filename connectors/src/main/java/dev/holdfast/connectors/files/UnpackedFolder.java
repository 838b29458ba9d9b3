package dev.holdfast.connectors.files;

import dev.holdfast.connectors.dump.Member;
import dev.holdfast.connectors.dump.MemberTaker;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A folder that files of a stranger's archive are put into. Whatever that says, nothing is written outside the folder or through a link:
 * a thing is only made in folders that were made here, and those are never replaced. What is refused is told. Times and permissions are
 * kept, owners are not. Removed when closed, unless it got its name by {@link #commit}. Memory grows with the number of folders. For one
 * thread.
 */
public final class UnpackedFolder implements MemberTaker, AutoCloseable {
    private static final int OWNER_ONLY = 0x1c0;
    private static final int OWNER_READS = 0x100;
    private static final int USUAL_MODE = 0x1ed;
    private static final int PERMISSIONS = 0x1ff;
    private static final int TYPE = 0xf000;
    private static final int TYPE_LINK = 0xa000;
    private static final int TYPE_FILE = 0x8000;
    private static final int TYPE_FOLDER = 0x4000;
    private static final long RESERVE_BYTES = 256L << 20;
    private static final long BETWEEN_LOOKS_BYTES = 8L << 20;
    /** What even an empty file takes. */
    private static final int LEAST_BYTES = 4096;

    private static final int MOST_LINK_BYTES = 4096;

    private final Posix posix = Posix.open();
    private final Path path;
    private final byte[] root;
    private final @Nullable Path becomes;
    private final String hint;
    private final LongSupplier free;
    private final Map<String, Look> folders = new TreeMap<>();
    private final Map<String, Told> told = new LinkedHashMap<>();
    private @Nullable Making making;
    private long unlooked;
    private boolean there = true;

    /** How a folder shall look when everything is in it. */
    private record Look(int mode, Optional<Instant> modified) {}

    /** Things of which one thing is to be said: the first of them, and how many. */
    private record Told(String first, long count) {}

    /** The file that is being written. */
    private static final class Making {
        private final Member member;
        private final byte[] path;
        private final int file;
        private long position;

        Making(Member member, byte[] path, int file) {
            this.member = member;
            this.path = path;
            this.file = file;
        }
    }

    UnpackedFolder(Path path, @Nullable Path becomes, LongSupplier free) {
        this.path = path;
        this.root = RawPath.of(path);
        this.becomes = becomes;
        this.free = free;
        this.hint = becomes == null
                ? "free some, or name another folder with HOLDFAST_SPOOL."
                : "free some, or name another folder with --to.";
        try {
            posix.makeFolder(root, OWNER_ONLY);
        } catch (PosixException e) {
            throw failure(e);
        }
        folders.put("", new Look(OWNER_ONLY, Optional.empty()));
    }

    /**
     * An empty folder that is there until it is closed.
     *
     * @param scratch folder in which it is made
     */
    public static UnpackedFolder in(Path scratch) {
        return new UnpackedFolder(scratch.resolve("unpacked-" + UUID.randomUUID()), null, () -> room(scratch));
    }

    /**
     * An empty folder that takes another name when it is complete.
     *
     * @param target the folder that it becomes, which is not there, or empty
     * @throws HoldfastException if it cannot be made, or there is something in the way
     */
    public static UnpackedFolder becoming(Path target) {
        requireFree(target);
        Path absolute = RawPath.path(Roots.resolved(target.toAbsolutePath().normalize()));
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE, "the root of the machine cannot be replaced", "Restore elsewhere.");
        }
        try {
            Files.createDirectories(parent);
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE,
                    "cannot make '" + parent + "': " + e.getMessage(),
                    "let the user that runs holdfast write there.",
                    e);
        }
        return new UnpackedFolder(Unfinished.beside(absolute), absolute, () -> room(parent));
    }

    /**
     * @throws AlreadyExists (DIRECTORY_NOT_EMPTY) if there is anything but an empty folder
     */
    public static void requireFree(Path target) {
        if (new DirectoryTarget(target).occupied()) {
            throw new AlreadyExists(
                    ErrorCode.DIRECTORY_NOT_EMPTY,
                    "'" + target + "' is not empty",
                    "name a folder that is not there with --to.");
        }
    }

    private static long room(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNWRITABLE,
                    "nobody says how much room there is in '" + folder + "': " + e.getMessage(),
                    "name another folder with HOLDFAST_SPOOL.",
                    e);
        }
    }

    /** Where it is now. */
    public Path path() {
        return path;
    }

    /**
     * Where a folder of what is unpacked is now.
     *
     * @param folder its name within, as it is shown; empty for all
     * @throws Unsupported if nothing of such a name is unpacked
     */
    public Path path(String folder) {
        if (folder.isEmpty()) {
            return path;
        }
        String raw = new String(folder.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        try {
            MemberName name = MemberName.of(raw);
            if (!folders.containsKey(name.text())) {
                throw new MemberName.Refused("it is not there");
            }
            return RawPath.path(name.below(root));
        } catch (MemberName.Refused e) {
            throw new Unsupported(
                    ErrorCode.CHECK_FAILED,
                    "folder '" + folder + "' was not unpacked: " + e.why(),
                    "unpack it by hand, and take the folder.");
        }
    }

    /**
     * @param bytes how many are about to come
     * @throws NoSpace if they do not fit
     */
    public void requireRoom(long bytes) {
        long left = free.getAsLong();
        if (left - RESERVE_BYTES < bytes) {
            throw new NoSpace(
                    ErrorCode.STORE_FULL,
                    "what is unpacked in '" + path.getParent() + "' does not fit there: " + (left >> 20)
                            + " MiB are free" + (bytes > 0 ? ", and " + (bytes >> 20) + " MiB come" : "")
                            + "; " + (RESERVE_BYTES >> 20) + " MiB stay free",
                    hint);
        }
        unlooked = 0;
    }

    private void count(long bytes) {
        unlooked += bytes;
        if (unlooked >= BETWEEN_LOOKS_BYTES) {
            requireRoom(0);
        }
    }

    @Override
    public void begin(Member member) {
        count(LEAST_BYTES);
        try {
            MemberName name = MemberName.of(member.name());
            if (!name.isUtf8()) {
                tell(member.name(), "its name is no UTF-8; it is kept as it is");
            }
            make(member, name);
        } catch (MemberName.Refused e) {
            refused(member.name(), e.why());
        } catch (PosixException e) {
            throw failure(e);
        }
    }

    private void make(Member member, MemberName name) throws MemberName.Refused, PosixException {
        if (member.kind() == Member.Kind.SPECIAL) {
            throw new MemberName.Refused("it is a device, pipe or socket");
        }
        MemberName above = name.folder();
        if (above == null) {
            if (member.kind() != Member.Kind.FOLDER) {
                throw new MemberName.Refused("it has no name");
            }
        } else {
            enter(above);
        }
        byte[] at = name.below(root);
        switch (member.kind()) {
            case FOLDER -> {
                enter(name);
                folders.put(name.text(), new Look(member.mode(), member.modified()));
            }
            case FILE -> {
                makeWay(at);
                making = new Making(member, at, posix.create(at));
            }
            case SYMBOLIC_LINK -> {
                Optional<String> obstacle = name.obstacle(member.target());
                if (obstacle.isPresent()) {
                    throw new MemberName.Refused(obstacle.get());
                }
                makeWay(at);
                link(member.target(), at, member.modified());
            }
            case HARD_LINK -> hardLink(member, at);
            case SPECIAL -> throw new IllegalStateException("was refused");
        }
    }

    private void link(String target, byte[] at, Optional<Instant> modified) throws PosixException {
        posix.symbolicLink(Member.bytes(target), at);
        if (modified.isPresent()) {
            posix.changeTime(at, modified.get());
        }
    }

    private void hardLink(Member member, byte[] at) throws MemberName.Refused, PosixException {
        MemberName target = MemberName.of(member.target());
        MemberName above = target.folder();
        if (above == null || !folders.containsKey(above.text())) {
            throw new MemberName.Refused("it is a link to what is not there");
        }
        byte[] existing = target.below(root);
        Optional<Stat> stat = look(existing);
        if (stat.isEmpty() || !stat.get().isFile()) {
            throw new MemberName.Refused("it is a link to what is not there");
        }
        if (!Arrays.equals(existing, at)) {
            makeWay(at);
            posix.hardLink(existing, at);
        }
    }

    /** Makes a folder, and those it is in, where they are not there. */
    private void enter(MemberName name) throws MemberName.Refused, PosixException {
        if (folders.containsKey(name.text())) {
            return;
        }
        MemberName above = name.folder();
        if (above != null) {
            enter(above);
        }
        byte[] at = name.below(root);
        if (look(at).isPresent()) {
            throw new MemberName.Refused("it lies in something that is no folder");
        }
        posix.makeFolder(at, OWNER_ONLY);
        folders.put(name.text(), new Look(USUAL_MODE, Optional.empty()));
    }

    /** The last of one name counts; a folder stays. */
    private void makeWay(byte[] at) throws MemberName.Refused, PosixException {
        Optional<Stat> stat = look(at);
        if (stat.isPresent()) {
            if (stat.get().isDirectory()) {
                throw new MemberName.Refused("there is a folder of its name");
            }
            posix.unlink(at);
        }
    }

    private Optional<Stat> look(byte[] at) throws PosixException {
        try {
            return Optional.of(posix.stat(at));
        } catch (PosixException e) {
            if (e.is(PosixException.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        Making file = making;
        if (file == null) {
            return;
        }
        count(length);
        try {
            posix.write(file.file, bytes, offset, length, file.position, file.path);
            file.position += length;
        } catch (PosixException e) {
            throw failure(e);
        }
    }

    @Override
    public void end() {
        Making file = making;
        if (file == null) {
            return;
        }
        making = null;
        posix.close(file.file);
        try {
            posix.changeMode(file.path, (file.member.mode() & PERMISSIONS) | OWNER_READS);
            if (file.member.modified().isPresent()) {
                posix.changeTime(file.path, file.member.modified().get());
            }
        } catch (PosixException e) {
            throw failure(e);
        }
    }

    @Override
    public void mode(String raw, int mode) {
        try {
            MemberName name = MemberName.of(raw);
            Look folder = folders.get(name.text());
            if (folder != null) {
                int type = mode & TYPE;
                if (type == TYPE_FOLDER || type == 0) {
                    folders.put(name.text(), new Look(mode, folder.modified()));
                }
                return;
            }
            MemberName above = name.folder();
            if (above != null && folders.containsKey(above.text())) {
                dress(name, mode);
            }
        } catch (MemberName.Refused e) {
            // it was told when it came
        } catch (PosixException e) {
            throw failure(e);
        }
    }

    private void dress(MemberName name, int mode) throws PosixException {
        byte[] at = name.below(root);
        Optional<Stat> stat = look(at);
        if (stat.isEmpty() || !stat.get().isFile()) {
            return;
        }
        switch (mode & TYPE) {
            case TYPE_FILE, 0 -> posix.changeMode(at, (mode & PERMISSIONS) | OWNER_READS);
            case TYPE_LINK -> {
                String target = stat.get().size() > MOST_LINK_BYTES
                        ? ""
                        : text(at, (int) stat.get().size());
                Optional<String> obstacle = name.obstacle(target);
                posix.unlink(at);
                if (obstacle.isPresent()) {
                    refused(name.text(), obstacle.get());
                } else {
                    link(target, at, Optional.of(stat.get().modified()));
                }
            }
            default -> {
                posix.unlink(at);
                refused(name.text(), "it is a device, pipe or socket");
            }
        }
    }

    private String text(byte[] at, int length) throws PosixException {
        byte[] text = new byte[length];
        int file = posix.openToRead(at);
        try {
            int read = posix.read(file, text, 0, length, at);
            return new String(text, 0, read, StandardCharsets.ISO_8859_1);
        } finally {
            posix.close(file);
        }
    }

    private void refused(String name, String why) {
        tell(name, "it was left out: " + why);
    }

    private void tell(String name, String what) {
        told.merge(what, new Told(Member.shown(name), 1), (before, _) -> new Told(before.first, before.count + 1));
    }

    /**
     * Gives the folders their times and permissions, when everything is in them.
     *
     * @return what is to be said of what came
     */
    public List<Finding> finish() {
        try {
            // the innermost first: whatever is changed in a folder changes its time
            for (Map.Entry<String, Look> one :
                    new TreeMap<>(folders).descendingMap().entrySet()) {
                byte[] at = RawPath.join(root, Member.bytes(one.getKey()));
                posix.changeMode(at, (one.getValue().mode() & PERMISSIONS) | OWNER_ONLY);
                if (one.getValue().modified().isPresent()) {
                    posix.changeTime(at, one.getValue().modified().get());
                }
            }
        } catch (PosixException e) {
            throw failure(e);
        }
        List<Finding> findings = new ArrayList<>();
        told.forEach((what, one) -> findings.add(new Finding(
                one.first(), what + (one.count() > 1 ? " (and so are " + (one.count() - 1) + " more)" : ""))));
        return findings;
    }

    /**
     * Gives it its name, when it is on the disk.
     *
     * @throws HoldfastException if there is something in the way meanwhile; then nothing is changed
     */
    public void commit() {
        if (becomes == null) {
            throw new IllegalStateException("it has no other name");
        }
        byte[] name = RawPath.of(becomes);
        try {
            posix.syncFileSystem(root);
            posix.rename(root, name);
            there = false;
            posix.syncFolder(RawPath.join(name, RawPath.of("..")));
        } catch (PosixException e) {
            throw failure(e);
        }
    }

    private HoldfastException failure(PosixException e) {
        if (e.is(PosixException.ENOSPC, PosixException.EDQUOT)) {
            return new NoSpace(ErrorCode.STORE_FULL, e.getMessage(), hint, e);
        }
        return new Failed(ErrorCode.FILE_UNWRITABLE, e.getMessage(), "let the user that runs holdfast write there.", e);
    }

    @Override
    public void close() {
        Making file = making;
        if (file != null) {
            making = null;
            posix.close(file.file);
        }
        if (!there) {
            return;
        }
        there = false;
        try {
            Tree.remove(posix, root);
        } catch (PosixException e) {
            if (!e.isGone()) {
                throw failure(e);
            }
        }
    }
}
