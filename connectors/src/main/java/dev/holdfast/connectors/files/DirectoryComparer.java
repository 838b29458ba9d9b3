package dev.holdfast.connectors.files;

import dev.holdfast.connectors.workers.OrderedWorkers;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.Comparer;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Compares a part with a directory, both ways: every entry of either side, its type, mode, owner, time, extended attributes,
 * what a link says, which names are one file, and all bytes. Owners are the same if their names are, or, where one has no
 * name, their numbers.
 */
public final class DirectoryComparer implements Comparer {
    private static final int READERS = 4;
    private static final int AHEAD = 1024;

    private final Path directory;
    private final byte[] root;
    private final Exclusions exclusions;
    private final List<byte[]> excludedFolders;
    private final Posix posix = Posix.open();

    /**
     * @param directory the source or a restored copy
     * @param exclude patterns of what does not count; those of the source, if this is the source
     * @param excludedFolders directories that do not count
     */
    public DirectoryComparer(Path directory, List<String> exclude, List<Path> excludedFolders) {
        this.directory = directory.toAbsolutePath().normalize();
        root = Roots.resolved(this.directory);
        exclusions = new Exclusions(exclude);
        this.excludedFolders = excludedFolders.stream().map(Roots::resolved).toList();
    }

    @Override
    public String kind() {
        return "directory";
    }

    @Override
    public String location() {
        return directory.toString();
    }

    @Override
    public long compare(PartReader part, DifferenceListener differences, Progress progress) {
        progress.expect(part.entryCount(), part.contentBytes());
        try {
            return new Comparison(part, differences, progress).run();
        } catch (PosixException e) {
            throw failure(e);
        }
    }

    private HoldfastException failure(PosixException e) {
        if (e.isGone()) {
            return new Missing(
                    ErrorCode.DIRECTORY_MISSING,
                    "directory '" + directory + "' does not exist",
                    "Restore it first, or compare with another place.",
                    e);
        }
        return new AccessDenied(
                ErrorCode.FILE_UNREADABLE, e.getMessage(), "Run holdfast as a user that may read everything.", e);
    }

    @Override
    public void close() {
        // holds nothing
    }

    private final class Comparison implements Walk.Trouble {
        private final PartReader part;
        private final DifferenceListener differences;
        private final Progress progress;
        private final EntryCursor entries;
        private final FileAttributes described = new FileAttributes();
        private @Nullable Entry at;
        private long compared;

        Comparison(PartReader part, DifferenceListener differences, Progress progress) {
            this.part = part;
            this.differences = differences;
            this.progress = progress;
            entries = part.entries();
            at = entries.next();
        }

        long run() throws PosixException {
            Walk walk = new Walk(posix, root, exclusions, excludedFolders, this);
            try (OrderedWorkers<Entry> workers =
                    new OrderedWorkers<>(Executors.newFixedThreadPool(READERS), READERS, AHEAD, this::count)) {
                for (Walk.Found found = walk.next(); found != null; found = walk.next()) {
                    take(found, workers);
                }
                tellMissing(null);
                workers.finish();
            }
            return compared;
        }

        private void count(Entry entry) {
            progress.advance(1, entry.content().bytes());
        }

        private void take(Walk.Found found, OrderedWorkers<Entry> workers) throws PosixException {
            EntryKey key = EntryKey.ofOwned(found.key());
            tellMissing(key);
            compared++;
            Entry entry = at;
            if (entry == null || !entry.key().equals(key)) {
                differs(key, "is in the directory, not in the snapshot");
                return;
            }
            at = entries.next();
            if (entry.type() == EntryType.HARD_LINK) {
                compareLink(entry, found);
            } else if (entry.type() != found.stat().type()) {
                differs(key, "is a " + name(found.stat().type()) + ", in the snapshot a " + name(entry.type()));
            } else {
                compareAttributes(entry, found);
                if (entry.type() == EntryType.FILE) {
                    workers.submit(() -> compareContent(entry, found));
                    return;
                }
            }
            workers.done(entry);
        }

        private void tellMissing(@Nullable EntryKey upTo) {
            for (Entry entry = at; entry != null && (upTo == null || entry.key().compareTo(upTo) < 0); entry = at) {
                compared++;
                differs(entry.key(), "is in the snapshot, not in the directory");
                at = entries.next();
            }
        }

        private void compareLink(Entry entry, Walk.Found found) throws PosixException {
            byte[] target = entry.attributes().bytes(FileAttributes.TARGET).orElse(new byte[0]);
            boolean same;
            try {
                same = posix.stat(RawPath.join(root, target)).isSameFileAs(found.stat());
            } catch (PosixException e) {
                if (!e.isGone()) {
                    throw e;
                }
                same = false;
            }
            if (!same) {
                differs(entry.key(), "is not the same file as '" + RawPath.show(target) + "', in the snapshot it is");
            }
        }

        private void compareAttributes(Entry entry, Walk.Found found) throws PosixException {
            Attributes kept = entry.attributes();
            Attributes live = described
                    .of(found.stat(), posix.attributes(found.path()), posix)
                    .build();
            EntryKey key = entry.key();
            if (entry.type() != EntryType.SYMBOLIC_LINK) {
                compare(key, "mode", octal(live), octal(kept));
            }
            compareOwner(key, "owner", live, kept, FileAttributes.OWNER, FileAttributes.UID);
            compareOwner(key, "group", live, kept, FileAttributes.GROUP, FileAttributes.GID);
            compare(key, "time", text(live, FileAttributes.MODIFIED), text(kept, FileAttributes.MODIFIED));
            compare(key, "device", text(live, FileAttributes.SPECIAL), text(kept, FileAttributes.SPECIAL));
            if (entry.type() == EntryType.SYMBOLIC_LINK) {
                byte[] target = kept.bytes(FileAttributes.TARGET).orElse(new byte[0]);
                compare(key, "target", RawPath.show(posix.readLink(found.path())), RawPath.show(target));
            }
            compareExtended(key, FileAttributes.extended(live), FileAttributes.extended(kept));
        }

        private void compareOwner(
                EntryKey key, String what, Attributes live, Attributes kept, String name, String number) {
            boolean named = live.has(name) && kept.has(name);
            String by = named ? name : number;
            compare(key, what, text(live, by), text(kept, by));
        }

        private void compareExtended(EntryKey key, Map<String, byte[]> live, Map<String, byte[]> kept) {
            TreeSet<String> names = new TreeSet<>(live.keySet());
            names.addAll(kept.keySet());
            for (String name : names) {
                if (!Arrays.equals(live.get(name), kept.get(name))) {
                    differs(
                            key,
                            "attribute " + name + " is " + shown(live.get(name)) + ", in the snapshot "
                                    + shown(kept.get(name)));
                }
            }
        }

        private static String shown(byte @Nullable [] value) {
            return value == null ? "absent" : "'" + RawPath.show(value) + "'";
        }

        private static String octal(Attributes attributes) {
            return "%04o".formatted(attributes.number(FileAttributes.MODE).orElse(0));
        }

        private static String text(Attributes attributes, String name) {
            return attributes.text(name).orElse("");
        }

        private void compare(EntryKey key, String what, String live, String kept) {
            if (!live.equals(kept)) {
                differs(key, what + " is '" + live + "', in the snapshot '" + kept + "'");
            }
        }

        private Entry compareContent(Entry entry, Walk.Found found) {
            long bytes = found.stat().size();
            if (bytes != entry.content().bytes()) {
                differs(
                        entry.key(),
                        "has " + bytes + " bytes, in the snapshot "
                                + entry.content().bytes());
                return entry;
            }
            try (FileStream live = new FileStream(found.path())) {
                if (!part.matches(entry.content(), live)) {
                    differs(entry.key(), "has other content of the same length, " + bytes + " bytes");
                }
            } catch (PosixException e) {
                if (!e.isGone()) {
                    throw new AccessDenied(
                            ErrorCode.FILE_UNREADABLE,
                            e.getMessage(),
                            "Run holdfast as a user that may read everything.",
                            e);
                }
                differs(entry.key(), "disappeared while it was compared");
            } catch (IOException e) {
                throw new Unavailable(
                        ErrorCode.FILE_UNREADABLE,
                        "cannot read '" + entry.key() + "': " + e.getMessage(),
                        "Look at the disk and the system's log.",
                        e);
            }
            return entry;
        }

        private void differs(EntryKey key, String what) {
            differences.differs(key.length() == 0 ? "." : key.toString(), what);
        }

        @Override
        public void vanished(byte[] key) {
            // if the snapshot has it, it is told as missing
        }

        @Override
        public void unreadable(byte[] key, String why) {
            throw new AccessDenied(
                    ErrorCode.FILE_UNREADABLE,
                    "cannot read '" + RawPath.show(key) + "' in '" + directory + "': " + why,
                    "Run holdfast as a user that may read everything.");
        }
    }

    private static String name(EntryType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** A file as a stream. For one thread. */
    private static final class FileStream extends InputStream {
        private static final ThreadLocal<Posix> OF_THREAD = ThreadLocal.withInitial(Posix::open);

        private final Posix posix = OF_THREAD.get();
        private final byte[] path;
        private final int file;

        FileStream(byte[] path) throws PosixException {
            this.path = path;
            file = posix.openToRead(path);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int read = posix.read(file, bytes, offset, length, path);
            return read == 0 ? -1 : read;
        }

        @Override
        public void close() {
            posix.close(file);
        }
    }
}
