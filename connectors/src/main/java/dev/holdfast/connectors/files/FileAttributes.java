package dev.holdfast.connectors.files;

import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.EntryType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a file's entry keeps. {@code mode} the twelve permission bits; {@code uid}, {@code gid}; {@code owner}, {@code group}
 * their names, if they had any; {@code mtime} and {@code ctime} as seconds since 1970, a dot and nine digits; {@code inode},
 * {@code device} and {@code links} only recognise it; {@code target} what a symbolic link says, or the key of the first name
 * of a hard link; {@code special} the device that a device file stands for, {@code major:minor}; {@code sparse} is 1 where
 * the file took less than its length; {@code racy} is 1 where the file may change without showing it, as it was written just
 * when it was read; {@code xattrs} the extended attributes.
 *
 * <pre>
 * xattrs = { name-length (1 byte) name value-length (4 bytes, big endian) value }, names ascending
 * </pre>
 */
final class FileAttributes {
    static final String MODE = "mode";
    static final String UID = "uid";
    static final String GID = "gid";
    static final String OWNER = "owner";
    static final String GROUP = "group";
    static final String MODIFIED = "mtime";
    static final String CHANGED = "ctime";
    static final String INODE = "inode";
    static final String DEVICE = "device";
    static final String LINKS = "links";
    static final String TARGET = "target";
    static final String SPECIAL = "special";
    static final String SPARSE = "sparse";
    static final String RACY = "racy";
    static final String XATTRS = "xattrs";

    private static final int BLOCK_BYTES = 512;

    private final Map<Integer, Optional<String>> users = new HashMap<>();
    private final Map<Integer, Optional<String>> groups = new HashMap<>();

    /** What every entry has. For one thread, as it remembers names. */
    Attributes.Builder of(Stat stat, Map<String, byte[]> extended, Posix posix) {
        Attributes.Builder attributes = Attributes.builder()
                .put(MODE, stat.permissions())
                .put(UID, Integer.toUnsignedLong(stat.uid()))
                .put(GID, Integer.toUnsignedLong(stat.gid()))
                .put(MODIFIED, shown(stat.modified()))
                .put(CHANGED, shown(stat.changed()))
                .put(INODE, stat.inode())
                .put(DEVICE, Stat.shown(stat.device()))
                .put(LINKS, stat.links());
        users.computeIfAbsent(stat.uid(), posix::userName).ifPresent(name -> attributes.put(OWNER, name));
        groups.computeIfAbsent(stat.gid(), posix::groupName).ifPresent(name -> attributes.put(GROUP, name));
        Map<String, byte[]> kept = kept(extended);
        if (!kept.isEmpty()) {
            attributes.put(XATTRS, encode(kept));
        }
        if (stat.type() == EntryType.CHARACTER_DEVICE || stat.type() == EntryType.BLOCK_DEVICE) {
            attributes.put(SPECIAL, Stat.shown(stat.special()));
        }
        if (stat.isFile() && stat.blocks() * BLOCK_BYTES < stat.size()) {
            attributes.put(SPARSE, 1);
        }
        return attributes;
    }

    /** What a person or an access rule has set; not what a system gives every file (SELinux labels). */
    static Map<String, byte[]> kept(Map<String, byte[]> extended) {
        if (extended.isEmpty()) {
            return extended;
        }
        Map<String, byte[]> kept = new TreeMap<>(extended);
        kept.keySet()
                .removeIf(name -> !name.startsWith("user.")
                        && !name.startsWith("system.posix_acl_")
                        && !name.equals("security.capability"));
        return kept;
    }

    static boolean isUnchanged(Attributes before, long bytesBefore, Stat now) {
        return bytesBefore == now.size()
                && !before.has(RACY)
                && before.text(MODIFIED).equals(Optional.of(shown(now.modified())))
                && before.text(CHANGED).equals(Optional.of(shown(now.changed())))
                && before.number(INODE).orElse(-1) == now.inode();
    }

    static String shown(Instant time) {
        return time.getEpochSecond() + "." + "%09d".formatted(time.getNano());
    }

    static Instant time(String shown) {
        int dot = shown.indexOf('.');
        return Instant.ofEpochSecond(Long.parseLong(shown.substring(0, dot)), Long.parseLong(shown.substring(dot + 1)));
    }

    static long special(Attributes attributes) {
        String shown = attributes.text(SPECIAL).orElse("0:0");
        int colon = shown.indexOf(':');
        return Long.parseLong(shown.substring(0, colon)) << 32 | Long.parseLong(shown.substring(colon + 1));
    }

    static byte[] encode(Map<String, byte[]> extended) {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        new TreeMap<>(extended).forEach((name, value) -> {
            byte[] raw = name.getBytes(StandardCharsets.ISO_8859_1);
            encoded.write(raw.length);
            encoded.writeBytes(raw);
            encoded.writeBytes(ByteBuffer.allocate(4).putInt(value.length).array());
            encoded.writeBytes(value);
        });
        return encoded.toByteArray();
    }

    static Map<String, byte[]> extended(Attributes attributes) {
        Map<String, byte[]> extended = new TreeMap<>();
        ByteBuffer encoded = ByteBuffer.wrap(attributes.bytes(XATTRS).orElse(new byte[0]));
        while (encoded.hasRemaining()) {
            byte[] name = new byte[Byte.toUnsignedInt(encoded.get())];
            encoded.get(name);
            byte[] value = new byte[encoded.getInt()];
            encoded.get(value);
            extended.put(new String(name, StandardCharsets.ISO_8859_1), value);
        }
        return extended;
    }
}
