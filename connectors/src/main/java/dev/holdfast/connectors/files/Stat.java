package dev.holdfast.connectors.files;

import dev.holdfast.engine.tree.EntryType;
import java.time.Instant;

/**
 * What the system says of a file.
 *
 * @param mode type and permission bits
 * @param device the file system, as {@code major << 32 | minor}
 * @param special the device that a device file stands for, in the same form
 * @param blocks how many blocks of 512 bytes it takes
 */
record Stat(
        int mode,
        int uid,
        int gid,
        long inode,
        long device,
        long links,
        long size,
        long blocks,
        long special,
        Instant modified,
        Instant changed) {
    private static final int TYPE = 0xf000;

    EntryType type() {
        return switch (mode & TYPE) {
            case 0x8000 -> EntryType.FILE;
            case 0x4000 -> EntryType.DIRECTORY;
            case 0xa000 -> EntryType.SYMBOLIC_LINK;
            case 0x1000 -> EntryType.FIFO;
            case 0x2000 -> EntryType.CHARACTER_DEVICE;
            case 0x6000 -> EntryType.BLOCK_DEVICE;
            case 0xc000 -> EntryType.SOCKET;
            default -> throw new IllegalStateException("file type " + Integer.toOctalString(mode));
        };
    }

    boolean isDirectory() {
        return (mode & TYPE) == 0x4000;
    }

    boolean isFile() {
        return (mode & TYPE) == 0x8000;
    }

    /** The twelve permission bits. */
    int permissions() {
        return mode & 0xfff;
    }

    /** Whether it is, as far as can be seen, the same content as before. */
    boolean isSameContentAs(Stat other) {
        return size == other.size
                && inode == other.inode
                && modified.equals(other.modified)
                && changed.equals(other.changed);
    }

    boolean isSameFileAs(Stat other) {
        return inode == other.inode && device == other.device;
    }

    static String shown(long device) {
        return (device >>> 32) + ":" + (device & 0xffff_ffffL);
    }
}
