package dev.holdfast.connectors.files;

import dev.holdfast.connectors.workers.OrderedWorkers;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.source.Source;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A directory with everything below it. The walk is joined with the previous snapshot; a file whose length, times and inode
 * are what they were is taken over without opening it. Others are read, several at once.
 *
 * <p>A directory has no moment that could be frozen: each file is captured as it was at some moment of the interval that the
 * details name. A file that disappears meanwhile is left out and counted; one that changes while it is read is read again,
 * and if it never holds still it is kept as it was read last and named in a finding. What cannot be read ends the capture
 * with a list of names.
 */
public final class DirectorySource implements Source {
    private static final int READERS = 4;
    private static final int AHEAD = 1024;
    private static final int NAMED = 20;

    private final Path directory;
    private final byte[] root;
    private final Exclusions exclusions;
    private final List<byte[]> excludedFolders;
    private final InstantSource clock;
    private final Posix posix = Posix.open();

    /**
     * @param directory the directory; a symbolic link is followed once, here
     * @param exclude patterns in the manner of {@code .gitignore}
     * @param excludedFolders directories that are left out wherever they are met: a repository inside its own source
     */
    public DirectorySource(Path directory, List<String> exclude, List<Path> excludedFolders, InstantSource clock) {
        this.directory = directory.toAbsolutePath().normalize();
        this.root = Roots.resolved(this.directory);
        this.exclusions = new Exclusions(exclude);
        this.excludedFolders = excludedFolders.stream().map(Roots::resolved).toList();
        this.clock = clock;
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
    public void preflight() {
        Walk walk = new Walk(posix, root, exclusions, excludedFolders, NO_TROUBLE);
        try {
            Stat stat = posix.stat(root);
            if (!stat.isDirectory()) {
                throw new Missing(
                        ErrorCode.DIRECTORY_MISSING,
                        "'" + directory + "' is not a directory",
                        "Correct 'path', or leave the source out.");
            }
            if (walk.isExcludedFolder(stat)) {
                throw new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "'" + directory + "' is the place of the repository itself",
                        "Keep the repository elsewhere, or in a directory of its own below.");
            }
            walk.next();
        } catch (PosixException e) {
            throw rootFailure(e);
        }
    }

    private HoldfastException rootFailure(PosixException e) {
        if (e.isGone()) {
            return new Missing(
                    ErrorCode.DIRECTORY_MISSING,
                    "directory '" + directory + "' does not exist",
                    "Correct 'path', mount the file system it is on, or leave the source out.",
                    e);
        }
        return failure(e);
    }

    private static HoldfastException failure(PosixException e) {
        if (e.is(PosixException.EACCES, PosixException.EPERM)) {
            return new AccessDenied(ErrorCode.FILE_UNREADABLE, e.getMessage(), HINT, e);
        }
        return new Unavailable(ErrorCode.FILE_UNREADABLE, e.getMessage(), "Look at the disk and the system's log.", e);
    }

    private static final String HINT =
            "Run holdfast as a user that may read it (root, or a member of its group), or exclude it.";

    private static final Walk.Trouble NO_TROUBLE = new Walk.Trouble() {
        @Override
        public void vanished(byte[] key) {}

        @Override
        public void unreadable(byte[] key, String why) {}
    };

    @Override
    public void freeze() {
        // a directory has no moment to hold on to
    }

    @Override
    public Map<String, String> capture(PartWriter part) {
        return new Capture(part).run();
    }

    @Override
    public void close() {
        // holds nothing
    }

    /** What became of one file: an entry, or nothing if it disappeared, or why it cannot be read. */
    private record Outcome(byte[] key, @Nullable Entry entry, Change change, FileReader.@Nullable Result result) {}

    /** One capture: joins two ascending sequences, the walk and the previous snapshot. */
    private final class Capture implements Walk.Trouble {
        private final PartWriter part;
        private final EntryCursor previous;
        private final Instant began = clock.instant();
        private final FileAttributes attributes = new FileAttributes();
        private final Walk walk = new Walk(posix, root, exclusions, excludedFolders, this);
        private final Map<List<Long>, Linked> linked = new HashMap<>();
        private final Set<EntryKey> dropped = new HashSet<>();
        private final List<String> unreadable = new ArrayList<>();
        private long unreadableCount;
        private long vanished;
        private long unsteady;
        private @Nullable Entry known;

        Capture(PartWriter part) {
            this.part = part;
            previous = part.previous();
            known = previous.next();
        }

        Map<String, String> run() {
            try (OrderedWorkers<Outcome> workers =
                    new OrderedWorkers<>(Executors.newFixedThreadPool(READERS), READERS, AHEAD, this::add)) {
                for (Walk.Found found = walk.next(); found != null; found = walk.next()) {
                    take(found, workers);
                }
                workers.finish();
            } catch (PosixException e) {
                throw rootFailure(e);
            }
            if (unreadableCount > 0) {
                throw refused();
            }
            return details();
        }

        private void take(Walk.Found found, OrderedWorkers<Outcome> workers) throws PosixException {
            EntryKey key = EntryKey.ofOwned(found.key());
            Entry before = before(key);
            EntryKey first = firstName(key, found.stat());
            if (first != null) {
                workers.done(made(hardLink(key, first, found), before));
            } else if (!found.stat().isFile()) {
                Entry entry = withoutContent(key, found);
                if (entry != null) {
                    workers.done(made(entry, before));
                }
            } else if (before != null && isUnchanged(before, found.stat())) {
                part.progress().expect(1, found.stat().size());
                workers.done(new Outcome(found.key(), before, Change.UNCHANGED, null));
            } else if (unreadableCount > 0) {
                expectReadable(found);
            } else {
                part.progress().expect(1, found.stat().size());
                Change change = before == null ? Change.NEW : Change.CHANGED;
                workers.submit(() -> read(key, found, change));
            }
        }

        private @Nullable Entry before(EntryKey key) {
            Entry at = known;
            while (at != null && at.key().compareTo(key) < 0) {
                at = previous.next();
            }
            known = at;
            return at != null && at.key().equals(key) ? at : null;
        }

        private static boolean isUnchanged(Entry before, Stat now) {
            return before.type() == EntryType.FILE
                    && FileAttributes.isUnchanged(
                            before.attributes(), before.content().bytes(), now);
        }

        /** The first name of a file with several; null if this is it. Remembered until all names were met. */
        private @Nullable EntryKey firstName(EntryKey key, Stat stat) {
            if (stat.isDirectory() || stat.links() < 2) {
                return null;
            }
            List<Long> file = List.of(stat.device(), stat.inode());
            Linked met = linked.get(file);
            if (met == null) {
                linked.put(file, new Linked(key, stat.links() - 1));
                return null;
            }
            if (met.left() == 1) {
                linked.remove(file);
            } else {
                linked.put(file, new Linked(met.first(), met.left() - 1));
            }
            return met.first();
        }

        private record Linked(EntryKey first, long left) {}

        private Entry hardLink(EntryKey key, EntryKey first, Walk.Found found) {
            Attributes kept = Attributes.builder()
                    .put(FileAttributes.TARGET, first.toBytes())
                    .put(FileAttributes.INODE, found.stat().inode())
                    .build();
            return new Entry(key, EntryType.HARD_LINK, kept, Content.EMPTY);
        }

        private @Nullable Entry withoutContent(EntryKey key, Walk.Found found) {
            try {
                Attributes.Builder kept = attributes.of(found.stat(), posix.attributes(found.path()), posix);
                if (found.stat().type() == EntryType.SYMBOLIC_LINK) {
                    kept.put(FileAttributes.TARGET, posix.readLink(found.path()));
                }
                return new Entry(key, found.stat().type(), kept.build(), Content.EMPTY);
            } catch (PosixException e) {
                if (!e.isGone() && !e.is(PosixException.EINVAL)) {
                    throw failure(e);
                }
                vanished(found.key());
                return null;
            }
        }

        private Outcome made(Entry entry, @Nullable Entry before) {
            part.progress().expect(1, 0);
            Change change = before == null ? Change.NEW : isSame(entry, before) ? Change.UNCHANGED : Change.CHANGED;
            return new Outcome(entry.key().toBytes(), entry, change, null);
        }

        /** The number of a file system may be another after every start of the machine. */
        private static boolean isSame(Entry entry, Entry before) {
            return entry.type() == before.type()
                    && withoutDevice(entry.attributes()).equals(withoutDevice(before.attributes()));
        }

        private static Attributes withoutDevice(Attributes attributes) {
            return attributes.toBuilder().remove(FileAttributes.DEVICE).build();
        }

        /** When the capture is lost already, only the names of what cannot be read are wanted. */
        private void expectReadable(Walk.Found found) {
            try {
                posix.close(posix.openToRead(found.path()));
            } catch (PosixException e) {
                if (!e.isGone()) {
                    unreadable(found.key(), e.meaning());
                }
            }
        }

        private Outcome read(EntryKey key, Walk.Found found, Change change) {
            FileReader.Result result = FileReader.ofThisThread().read(found.path(), part, clock);
            return new Outcome(key.toBytes(), null, change, result);
        }

        /** Takes an outcome in its turn. */
        private void add(Outcome outcome) {
            EntryKey key = EntryKey.ofOwned(outcome.key());
            Entry entry = outcome.entry();
            if (entry != null) {
                add(dropped.isEmpty() ? entry : withoutDropped(entry), outcome.change());
                return;
            }
            FileReader.Result result = Objects.requireNonNull(outcome.result());
            switch (result) {
                case FileReader.Read read -> add(entry(key, read), outcome.change());
                case FileReader.Gone gone -> {
                    dropped.add(key);
                    vanished(outcome.key());
                }
                case FileReader.Refused refused -> unreadable(outcome.key(), refused.why());
            }
        }

        private void add(Entry entry, Change change) {
            if (unreadableCount == 0) {
                part.add(entry, change);
            }
            part.progress().advance(1, entry.content().bytes());
        }

        private Entry entry(EntryKey key, FileReader.Read read) {
            Attributes.Builder kept = attributes.of(read.stat(), read.extended(), posix);
            if (read.racy() || !read.steady()) {
                kept.put(FileAttributes.RACY, 1);
            }
            if (!read.steady()) {
                unsteady++;
                part.find(new Finding(
                        key.toString(),
                        "changed while it was read, " + FileReader.TRIES + " times: kept as it was read last"));
            }
            return new Entry(key, EntryType.FILE, kept.build(), read.content());
        }

        /** A hard link whose first name disappeared before it was read becomes the file itself. */
        private Entry withoutDropped(Entry entry) {
            if (entry.type() != EntryType.HARD_LINK
                    || !dropped.contains(EntryKey.ofOwned(
                            entry.attributes().bytes(FileAttributes.TARGET).orElseThrow()))) {
                return entry;
            }
            byte[] path = RawPath.join(root, entry.key().toBytes());
            FileReader.Result result = FileReader.ofThisThread().read(path, part, clock);
            if (result instanceof FileReader.Read read) {
                return entry(entry.key(), read);
            }
            throw new Unavailable(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + entry.key() + "' changed its other names while it was read",
                    "Run the backup again.");
        }

        @Override
        public void vanished(byte[] key) {
            vanished++;
        }

        @Override
        public void unreadable(byte[] key, String why) {
            unreadableCount++;
            if (unreadable.size() < NAMED) {
                unreadable.add("'" + RawPath.show(key) + "' (" + why + ")");
            }
        }

        private AccessDenied refused() {
            String more = unreadableCount > unreadable.size()
                    ? " and " + (unreadableCount - unreadable.size()) + " more"
                    : "";
            return new AccessDenied(
                    ErrorCode.FILE_UNREADABLE,
                    "cannot read everything in '" + directory + "': " + String.join(", ", unreadable) + more,
                    HINT);
        }

        private Map<String, String> details() {
            Map<String, String> details = new TreeMap<>();
            details.put("began", began.toString());
            details.put("ended", clock.instant().toString());
            details.put("vanished", Long.toString(vanished));
            details.put("unsteady", Long.toString(unsteady));
            details.put("excluded", Long.toString(walk.excluded()));
            details.put("kernel-file-systems", Long.toString(walk.kernelFileSystems()));
            return details;
        }
    }
}
