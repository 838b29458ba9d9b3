package dev.holdfast.connectors.files;

import dev.holdfast.engine.tree.EntryKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything below a directory and the directory itself, in ascending order of the keys: a directory's key ends with a slash
 * and is compared with it. Holds the names of the directories on the way down, nothing else. Symbolic links are not
 * followed; file systems of the kernel (proc, sysfs, ...) are not entered. For one thread.
 */
final class Walk {
    /**
     * One thing found.
     *
     * @param key its path relative to the root, with a slash at the end of a directory; empty for the root
     * @param path where it is
     */
    record Found(byte[] key, byte[] path, Stat stat) {}

    /** Hears of what cannot be looked at. */
    interface Trouble {
        /** Something disappeared between being listed and being looked at. */
        void vanished(byte[] key);

        void unreadable(byte[] key, String why);
    }

    /** Magic numbers of file systems that show the kernel's state, not anybody's files. */
    private static final Set<Long> KERNEL = Set.of(
            0x9fa0L,
            0x62656572L,
            0x1cd1L,
            0x27e0ebL,
            0x63677270L,
            0x64626720L,
            0x74726163L,
            0x73636673L,
            0xcafe4a11L,
            0x6165676cL,
            0x62656570L,
            0x19800202L,
            0x42494e4dL,
            0xde5e81e4L,
            0x6e736673L);

    private static final class Folder {
        final byte[] key;
        final long device;
        byte[][] names;
        int next;

        Folder(byte[] key, long device, byte[][] names) {
            this.key = key;
            this.device = device;
            this.names = names;
        }
    }

    private final Posix posix;
    private final byte[] root;
    private final Exclusions exclusions;
    private final Set<List<Long>> excludedFolders = new HashSet<>();
    private final Trouble trouble;
    private final Deque<Folder> folders = new ArrayDeque<>();
    private boolean begun;
    private long excluded;
    private long kernelFileSystems;

    /**
     * @param excludedFolders directories that are left out wherever they are met, whatever they are called there
     */
    Walk(Posix posix, byte[] root, Exclusions exclusions, List<byte[]> excludedFolders, Trouble trouble) {
        this.posix = posix;
        this.root = root;
        this.exclusions = exclusions;
        this.trouble = trouble;
        excludedFolders.forEach(this::exclude);
    }

    private void exclude(byte[] folder) {
        try {
            Stat stat = posix.stat(folder);
            excludedFolders.add(List.of(stat.device(), stat.inode()));
        } catch (PosixException e) {
            // what is not there cannot be met
            return;
        }
    }

    /** How many files and directories were left out on purpose. */
    long excluded() {
        return excluded;
    }

    /** How many directories were not entered because a file system of the kernel is mounted there. */
    long kernelFileSystems() {
        return kernelFileSystems;
    }

    /** Whether a directory is one of those that are left out. */
    boolean isExcludedFolder(Stat stat) {
        return excludedFolders.contains(List.of(stat.device(), stat.inode()));
    }

    /**
     * The next one; null after the last.
     *
     * @throws PosixException if the root itself cannot be looked at
     */
    @Nullable
    Found next() throws PosixException {
        if (!begun) {
            begun = true;
            Stat stat = posix.stat(root);
            return enter(new byte[0], root, stat, stat.device());
        }
        for (Folder folder = folders.peek(); folder != null; folder = folders.peek()) {
            if (folder.next == folder.names.length) {
                folders.pop();
                continue;
            }
            byte[] key = RawPath.concat(folder.key, folder.names[folder.next]);
            folder.names[folder.next++] = NOTHING;
            Found found = look(key, folder.device);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static final byte[] NOTHING = new byte[0];

    private @Nullable Found look(byte[] key, long device) {
        byte[] relative = RawPath.withoutSlash(key);
        boolean listedAsFolder = relative.length < key.length;
        if (exclusions.excludes(relative, listedAsFolder)) {
            excluded++;
            return null;
        }
        if (key.length > EntryKey.MAX_BYTES) {
            trouble.unreadable(key, "its path is longer than " + EntryKey.MAX_BYTES + " bytes");
            return null;
        }
        byte[] path = RawPath.join(root, relative);
        try {
            Stat stat = posix.stat(path);
            if (stat.isDirectory() != listedAsFolder) {
                trouble.vanished(key);
                return null;
            }
            return stat.isDirectory() ? enter(key, path, stat, device) : new Found(key, path, stat);
        } catch (PosixException e) {
            if (e.isGone()) {
                trouble.vanished(key);
            } else {
                trouble.unreadable(key, e.meaning());
            }
            return null;
        }
    }

    private @Nullable Found enter(byte[] key, byte[] path, Stat stat, long parentDevice) throws PosixException {
        if (key.length > 0 && isExcludedFolder(stat)) {
            excluded++;
            return null;
        }
        byte[][] names = {};
        if (stat.device() != parentDevice && KERNEL.contains(posix.fileSystem(path))) {
            kernelFileSystems++;
        } else {
            try {
                names = sortedNames(path);
            } catch (PosixException e) {
                if (key.length == 0 || e.isGone()) {
                    throw e;
                }
                trouble.unreadable(key, e.meaning());
            }
        }
        folders.push(new Folder(key, stat.device(), names));
        return new Found(key, path, stat);
    }

    private byte[][] sortedNames(byte[] path) throws PosixException {
        List<byte[]> names = new ArrayList<>();
        List<byte[]> unsure = new ArrayList<>();
        posix.list(path, (name, folder) -> {
            if (folder == null) {
                unsure.add(name);
            } else {
                names.add(folder ? withSlash(name) : name);
            }
        });
        for (byte[] name : unsure) {
            names.add(isFolder(RawPath.join(path, name)) ? withSlash(name) : name);
        }
        byte[][] sorted = names.toArray(new byte[0][]);
        Arrays.sort(sorted, Arrays::compareUnsigned);
        return sorted;
    }

    private boolean isFolder(byte[] path) {
        try {
            return posix.stat(path).isDirectory();
        } catch (PosixException e) {
            // looked at again in its turn, and told of then
            return false;
        }
    }

    private static byte[] withSlash(byte[] name) {
        byte[] longer = Arrays.copyOf(name, name.length + 1);
        longer[name.length] = '/';
        return longer;
    }
}
