package dev.holdfast.connectors.files;

import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import java.time.Instant;
import java.util.Map;

/**
 * What a captured file looked like.
 *
 * @param mode the twelve permission bits
 * @param uid its owner's number, unsigned 32 bits
 * @param gid its group's
 * @param owner its owner's name; empty if it had none
 * @param group its group's
 * @param target what a symbolic link says, or the key of the first name of a hard link; else empty
 * @param major of the device that a device file stands for; else 0
 * @param minor of that
 * @param extended extended attributes with their values, which are not to be changed
 */
public record FileProperties(
        int mode,
        long uid,
        long gid,
        String owner,
        String group,
        Instant modified,
        EntryKey target,
        long major,
        long minor,
        Map<String, byte[]> extended) {
    private static final int OWNER_ONLY = 0x1c0;

    public FileProperties {
        extended = Map.copyOf(extended);
    }

    /** Of an entry that a directory was captured with. */
    public static FileProperties of(Entry entry) {
        Attributes kept = entry.attributes();
        long device = FileAttributes.special(kept);
        return new FileProperties(
                (int) kept.number(FileAttributes.MODE).orElse(OWNER_ONLY),
                kept.number(FileAttributes.UID).orElse(0),
                kept.number(FileAttributes.GID).orElse(0),
                kept.text(FileAttributes.OWNER).orElse(""),
                kept.text(FileAttributes.GROUP).orElse(""),
                kept.text(FileAttributes.MODIFIED).map(FileAttributes::time).orElse(Instant.EPOCH),
                EntryKey.ofOwned(kept.bytes(FileAttributes.TARGET).orElse(new byte[0])),
                device >>> 32,
                device & 0xffff_ffffL,
                FileAttributes.extended(kept));
    }

    /** Of something that is no file, and was made up for one: owned by number 0, without names. */
    public static FileProperties plain(int mode, Instant modified) {
        return new FileProperties(mode, 0, 0, "", "", modified, EntryKey.of(""), 0, 0, Map.of());
    }
}
