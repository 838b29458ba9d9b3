package dev.holdfast.connectors.files;

import dev.holdfast.connectors.workers.OrderedWorkers;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a directory with everything below it, in two passes over the entries: first everything that has a name of its own,
 * files in parallel; then hard links and, from the inside out, what directories look like, as making something in them
 * changes their time. An entry is made only in a directory that was made just before, so none can lead outside.
 */
final class TreeRestorer {
    private static final int WRITERS = 4;
    private static final int AHEAD = 1024;
    private static final int OWNER_ONLY = 0x1c0;
    private static final int SETUID_SETGID = 0xc00;
    private static final int HOLE_BYTES = 64 << 10;

    private final Posix posix;
    private final PartReader part;
    private final byte[] root;
    private final Progress progress;
    private final boolean privileged;
    private final int self;
    private final Map<String, Optional<Integer>> users = new ConcurrentHashMap<>();
    private final Map<String, Optional<Integer>> groups = new ConcurrentHashMap<>();
    private final AtomicLong ownersLost = new AtomicLong();
    private final AtomicLong attributesLost = new AtomicLong();
    private final AtomicLong specialsLost = new AtomicLong();
    private final Map<String, String> examples = new ConcurrentHashMap<>();
    private long entries;
    private long bytes;

    /**
     * @param root does not exist yet
     */
    TreeRestorer(Posix posix, PartReader part, byte[] root, Progress progress) {
        this.posix = posix;
        this.part = part;
        this.root = root;
        this.progress = progress;
        privileged = posix.isRoot();
        self = posix.user();
    }

    RestoreReport restore() throws PosixException {
        progress.expect(part.entryCount(), part.contentBytes());
        makeAll();
        finishAll();
        return new RestoreReport(entries, bytes, findings());
    }

    // -- first pass

    private void makeAll() throws PosixException {
        Ancestry ancestry = new Ancestry();
        try (OrderedWorkers<Entry> workers =
                new OrderedWorkers<>(Executors.newFixedThreadPool(WRITERS), WRITERS, AHEAD, this::count)) {
            EntryCursor all = part.entries();
            for (Entry entry = all.next(); entry != null; entry = all.next()) {
                ancestry.enter(entry);
                make(entry, workers);
            }
            workers.finish();
        }
        if (entries == 0) {
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    "part '" + part.name() + "' has not even an entry for the directory itself",
                    "Run 'holdfast check'.");
        }
    }

    private void count(Entry entry) {
        entries++;
        bytes += entry.content().bytes();
        progress.advance(1, entry.content().bytes());
    }

    private void make(Entry entry, OrderedWorkers<Entry> workers) throws PosixException {
        byte[] path = path(entry.key());
        Attributes kept = entry.attributes();
        switch (entry.type()) {
            case DIRECTORY -> posix.makeFolder(path, OWNER_ONLY);
            case SYMBOLIC_LINK -> {
                posix.symbolicLink(kept.bytes(FileAttributes.TARGET).orElse(new byte[0]), path);
                dress(posix, entry, path);
            }
            case FILE -> {
                workers.submit(() -> {
                    Writer.ofThisThread().write(this, entry, path);
                    return entry;
                });
                return;
            }
            case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> makeSpecial(entry, path);
            case HARD_LINK -> {
                return;
            }
            case OBJECT, TABLE, SEQUENCE, LARGE_OBJECT, DOCUMENT ->
                throw damaged(entry, "a directory cannot hold an entry of type " + entry.type());
        }
        workers.done(entry);
    }

    private void makeSpecial(Entry entry, byte[] path) throws PosixException {
        int type = switch (entry.type()) {
            case FIFO -> 0x1000;
            case SOCKET -> 0xc000;
            case CHARACTER_DEVICE -> 0x2000;
            default -> 0x6000;
        };
        try {
            posix.makeSpecial(path, type | OWNER_ONLY, FileAttributes.special(entry.attributes()));
        } catch (PosixException e) {
            if (!e.is(PosixException.EPERM)) {
                throw e;
            }
            lost(specialsLost, "special", entry);
            return;
        }
        dress(posix, entry, path);
    }

    /** The directories that the walk is in; what lies elsewhere is refused. */
    private static final class Ancestry {
        private final Deque<EntryKey> folders = new ArrayDeque<>();
        private boolean begun;

        void enter(Entry entry) {
            EntryKey key = entry.key();
            if (!begun) {
                begun = true;
                if (key.length() != 0 || entry.type() != EntryType.DIRECTORY) {
                    throw damaged(entry, "the first entry must be the directory itself");
                }
                folders.push(key);
                return;
            }
            byte[] raw = key.toBytes();
            boolean folder = raw.length > 0 && raw[raw.length - 1] == '/';
            if (folder != (entry.type() == EntryType.DIRECTORY)) {
                throw damaged(entry, "a slash at the end belongs to directories and to nothing else");
            }
            while (!key.startsWith(folders.getFirst())) {
                folders.pop();
            }
            expectName(entry, raw, folders.getFirst().length(), raw.length - (folder ? 1 : 0));
            if (folder) {
                folders.push(key);
            }
        }

        private static void expectName(Entry entry, byte[] raw, int from, int to) {
            boolean dots = true;
            for (int i = from; i < to; i++) {
                dots &= raw[i] == '.';
                if (raw[i] == '/' || raw[i] == 0) {
                    throw damaged(entry, "no entry says that it lies in a directory");
                }
            }
            if (to <= from || (dots && to - from <= 2)) {
                throw damaged(entry, "its name would lead elsewhere");
            }
        }
    }

    private static Damaged damaged(Entry entry, String what) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "entry '" + entry.key() + "' cannot be restored: " + what,
                "Run 'holdfast check'; nothing was written outside the target.");
    }

    private byte[] path(EntryKey key) {
        return RawPath.join(root, RawPath.withoutSlash(key.toBytes()));
    }

    // -- files

    /** Writes files, one after the other. For one thread. */
    private static final class Writer {
        private static final ThreadLocal<Writer> OF_THREAD = ThreadLocal.withInitial(Writer::new);

        private final Posix posix = Posix.open();
        private final byte[] buffer = new byte[Posix.BUFFER_BYTES];

        static Writer ofThisThread() {
            return OF_THREAD.get();
        }

        void write(TreeRestorer restorer, Entry entry, byte[] path) {
            try {
                int file = posix.create(path);
                try {
                    fill(file, path, restorer.part, entry);
                } finally {
                    posix.close(file);
                }
                restorer.dress(posix, entry, path);
            } catch (PosixException e) {
                throw DirectoryTarget.failure(e);
            } catch (IOException e) {
                throw new Failed(
                        ErrorCode.FILE_UNWRITABLE,
                        "cannot restore '" + entry.key() + "': " + e.getMessage(),
                        "Restore again.",
                        e);
            }
        }

        private void fill(int file, byte[] path, PartReader part, Entry entry) throws IOException {
            long expected = entry.content().bytes();
            boolean sparse = entry.attributes().has(FileAttributes.SPARSE);
            long done = 0;
            try (InputStream content = part.open(entry.content())) {
                for (int read = content.readNBytes(buffer, 0, buffer.length);
                        read > 0;
                        read = content.readNBytes(buffer, 0, buffer.length)) {
                    if (sparse) {
                        writeAroundHoles(file, read, done, path);
                    } else {
                        posix.write(file, buffer, 0, read, done, path);
                    }
                    done += read;
                }
            }
            if (done != expected) {
                throw new IOException(done + " bytes came instead of " + expected);
            }
            if (sparse) {
                posix.truncate(file, expected, path);
            }
        }

        private void writeAroundHoles(int file, int length, long position, byte[] path) throws PosixException {
            for (int from = 0; from < length; from += HOLE_BYTES) {
                int step = Math.min(HOLE_BYTES, length - from);
                if (!isZero(from, step)) {
                    posix.write(file, buffer, from, step, position + from, path);
                }
            }
        }

        private boolean isZero(int from, int length) {
            for (int i = from; i < from + length; i++) {
                if (buffer[i] != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    // -- second pass

    private void finishAll() throws PosixException {
        Deque<Entry> open = new ArrayDeque<>();
        EntryCursor all = part.entries();
        for (Entry entry = all.next(); entry != null; entry = all.next()) {
            while (!open.isEmpty() && !entry.key().startsWith(open.getFirst().key())) {
                finish(open.pop());
            }
            if (entry.type() == EntryType.DIRECTORY) {
                open.push(entry);
            } else if (entry.type() == EntryType.HARD_LINK) {
                link(entry);
                count(entry);
            }
        }
        while (!open.isEmpty()) {
            finish(open.pop());
        }
    }

    private void finish(Entry folder) throws PosixException {
        dress(posix, folder, path(folder.key()));
    }

    private void link(Entry entry) throws PosixException {
        EntryKey target =
                EntryKey.copyOf(entry.attributes().bytes(FileAttributes.TARGET).orElse(new byte[0]));
        EntryType type = part.find(target).map(Entry::type).orElse(EntryType.DIRECTORY);
        if (type == EntryType.DIRECTORY || type == EntryType.HARD_LINK) {
            throw damaged(entry, "it is a further name of '" + target + "', which is no file of this snapshot");
        }
        try {
            posix.hardLink(path(target), path(entry.key()));
        } catch (PosixException e) {
            if (!e.is(PosixException.ENOENT)) {
                throw e;
            }
            // a further name of a device that could not be made
            lost(specialsLost, "special", entry);
        }
    }

    // -- owner, mode, attributes, time: in this order, as each can undo the ones before it

    private void dress(Posix with, Entry entry, byte[] path) throws PosixException {
        Attributes kept = entry.attributes();
        boolean owned = own(with, entry, path);
        Map<String, byte[]> extended = kept.has(FileAttributes.XATTRS) ? FileAttributes.extended(kept) : Map.of();
        for (Map.Entry<String, byte[]> one : extended.entrySet()) {
            setAttribute(with, entry, path, one.getKey(), one.getValue());
        }
        if (entry.type() != EntryType.SYMBOLIC_LINK) {
            int mode = (int) kept.number(FileAttributes.MODE).orElse(OWNER_ONLY);
            // a program that runs as its owner must not run as somebody else
            with.changeMode(path, owned ? mode : mode & ~SETUID_SETGID);
        }
        Optional<String> modified = kept.text(FileAttributes.MODIFIED);
        if (modified.isPresent()) {
            with.changeTime(path, FileAttributes.time(modified.get()));
        }
    }

    /** False if it belongs to somebody else than it did. */
    private boolean own(Posix with, Entry entry, byte[] path) throws PosixException {
        Attributes kept = entry.attributes();
        int uid = number(with, kept, FileAttributes.OWNER, FileAttributes.UID, users);
        int gid = number(with, kept, FileAttributes.GROUP, FileAttributes.GID, groups);
        try {
            if (privileged) {
                with.changeOwner(path, uid, gid);
                return true;
            }
            if (uid == self) {
                with.changeOwner(path, -1, gid);
                return true;
            }
        } catch (PosixException e) {
            if (!e.is(PosixException.EPERM, PosixException.EINVAL, PosixException.EOPNOTSUPP)) {
                throw e;
            }
        }
        lost(ownersLost, "owner", entry);
        return false;
    }

    /** By name where this machine knows it, as numbers differ from machine to machine. */
    private static int number(
            Posix with, Attributes kept, String name, String number, Map<String, Optional<Integer>> known)
            throws PosixException {
        Optional<String> named = kept.text(name);
        if (named.isPresent()) {
            Optional<Integer> found = known.get(named.get());
            if (found == null) {
                found = name.equals(FileAttributes.OWNER)
                        ? with.userNumber(named.get())
                        : with.groupNumber(named.get());
                known.put(named.get(), found);
            }
            if (found.isPresent()) {
                return found.get();
            }
        }
        return (int) kept.number(number).orElse(-1);
    }

    private void setAttribute(Posix with, Entry entry, byte[] path, String name, byte[] value) throws PosixException {
        try {
            with.setAttribute(path, name, value);
        } catch (PosixException e) {
            if (!e.is(PosixException.EPERM, PosixException.EACCES, PosixException.EOPNOTSUPP, PosixException.EINVAL)) {
                throw e;
            }
            lost(attributesLost, "attribute", entry);
        }
    }

    private void lost(AtomicLong count, String what, Entry entry) {
        count.incrementAndGet();
        examples.putIfAbsent(what, entry.key().toString());
    }

    private List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        tell(findings, ownersLost, "owner", " belong to the user that runs holdfast, as only root can give files away");
        tell(
                findings,
                attributesLost,
                "attribute",
                " lack an extended attribute that this file system or user cannot set");
        tell(findings, specialsLost, "special", " are devices that only root can make: left out");
        return findings;
    }

    private void tell(List<Finding> findings, AtomicLong count, String what, String message) {
        if (count.get() > 0) {
            String example = examples.getOrDefault(what, "");
            findings.add(
                    new Finding(part.name(), count.get() + " files" + message + "; the first is '" + example + "'"));
        }
    }
}
