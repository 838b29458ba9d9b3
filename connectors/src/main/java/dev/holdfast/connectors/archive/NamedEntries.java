package dev.holdfast.connectors.archive;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a part, each with its name in an export. That is its key, wherever the key can be one. Else what is wrong in it is
 * replaced, followed by {@code ~} and 16 digits of the SHA-256 of the key up to there; so what lay in one folder stays in one. A second
 * walk gives the same names. Constant memory, but for names whose case must not matter: 12 to 24 bytes each, outside the heap. For one
 * thread.
 */
final class NamedEntries implements AutoCloseable {
    /** Where what a format cannot hold is listed; nothing else gets this name. */
    static final String METADATA = ".holdfast-metadata.ndjson";

    private static final EntryKey ROOT = EntryKey.of("./");
    private static final int KEPT_BYTES = 200;

    private final PartReader part;
    private final NameRule rule;
    private final EntryCursor cursor;
    private final @Nullable FoldedNames folded;
    private @Nullable Entry ahead;

    NamedEntries(PartReader part, NameRule rule) {
        this.part = part;
        this.rule = rule;
        cursor = part.entries();
        folded = rule.folded() ? new FoldedNames(part.entryCount()) : null;
        ahead = cursor.next();
    }

    /** The next one, or null after the last. */
    @Nullable
    NamedEntry next() {
        Entry entry = ahead;
        if (entry == null) {
            return null;
        }
        ahead = cursor.next();
        return entry.type() == EntryType.OBJECT ? object(entry) : file(entry);
    }

    // -- buckets: a key is anything

    private NamedEntry object(Entry entry) {
        byte[] key = entry.key().toBytes();
        // so tools and consoles make a folder where there are none
        boolean folder = entry.content().bytes() == 0 && key.length > 0 && key[key.length - 1] == '/';
        Naming naming = new Naming();
        naming.follow(folder ? Arrays.copyOf(key, key.length - 1) : key);
        if (!folder && isFolderToo(entry.key())) {
            naming.replaceLast("is both a file and a folder", "~file");
        }
        return finish(entry, naming, folder);
    }

    /** Looks into the part only where the next key makes it possible. */
    private boolean isFolderToo(EntryKey key) {
        Entry following = ahead;
        if (following == null || !following.key().startsWith(key)) {
            return false;
        }
        return anyBeginsWith(joined(key.toBytes(), new byte[] {'/'}));
    }

    private boolean anyBeginsWith(byte[] name) {
        if (name.length > EntryKey.MAX_BYTES) {
            return false;
        }
        EntryKey prefix = EntryKey.ofOwned(name);
        Entry first = part.entriesFrom(prefix).next();
        return first != null && first.key().startsWith(prefix);
    }

    // -- directories: a key is a path

    private NamedEntry file(Entry entry) {
        byte[] key = entry.key().toBytes();
        if (key.length == 0) {
            return new NamedEntry(entry, ROOT, null);
        }
        boolean folder = entry.type() == EntryType.DIRECTORY;
        if (folder != (key[key.length - 1] == '/')) {
            throw damaged(entry, "a slash at the end belongs to directories and to nothing else");
        }
        byte[] path = folder ? Arrays.copyOf(key, key.length - 1) : key;
        for (byte[] segment : segments(path)) {
            String climbing = NameRule.TAR.objection(segment);
            if (climbing != null && segment.length <= NameRule.TAR.segmentBytes()) {
                throw damaged(entry, "its name " + climbing);
            }
        }
        Naming naming = new Naming();
        naming.follow(path);
        return finish(entry, naming, folder);
    }

    private static Damaged damaged(Entry entry, String what) {
        return new Damaged(
                ErrorCode.DAMAGED, "entry '" + entry.key() + "' cannot be exported: " + what, "run 'holdfast check'.");
    }

    // -- both

    private NamedEntry finish(Entry entry, Naming naming, boolean folder) {
        FoldedNames seen = folded;
        if (seen != null && !folder && !seen.add(naming.name())) {
            naming.replaceLast("differs from another only in the case of letters", "");
            seen.add(naming.name());
        }
        naming.shorten(rule.totalBytes());
        byte[] name = naming.name();
        return new NamedEntry(entry, EntryKey.ofOwned(folder ? joined(name, new byte[] {'/'}) : name), naming.why());
    }

    private static List<byte[]> segments(byte[] path) {
        List<byte[]> segments = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= path.length; i++) {
            if (i == path.length || path[i] == '/') {
                segments.add(Arrays.copyOfRange(path, from, i));
                from = i + 1;
            }
        }
        return segments;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** A name in the making. */
    private final class Naming {
        private final ByteArrayOutputStream name = new ByteArrayOutputStream();
        private final ByteArrayOutputStream key = new ByteArrayOutputStream();
        private int last;
        private byte[] lastSegment = {};
        private @Nullable String why;

        void follow(byte[] path) {
            for (byte[] segment : segments(path)) {
                if (key.size() > 0 || name.size() > 0) {
                    key.write('/');
                    name.write('/');
                }
                key.writeBytes(segment);
                last = name.size();
                lastSegment = segment;
                String objection = objection(segment);
                if (objection == null) {
                    name.writeBytes(segment);
                } else {
                    why = why == null ? objection : why;
                    name.writeBytes(replacement(segment, ""));
                }
            }
        }

        private @Nullable String objection(byte[] segment) {
            boolean reserved = last == 0 && Arrays.equals(segment, METADATA.getBytes(StandardCharsets.UTF_8));
            return reserved ? "is needed for the list of what the export cannot hold" : rule.objection(segment);
        }

        /**
         * @param mark what keeps it apart from the same segment elsewhere
         */
        void replaceLast(String reason, String mark) {
            byte[] before = Arrays.copyOf(name.toByteArray(), last);
            name.reset();
            name.writeBytes(before);
            name.writeBytes(replacement(lastSegment, mark));
            why = why == null ? reason : why;
        }

        /** Readable as far as it can be, and no other key's name. */
        private byte[] replacement(byte[] segment, String mark) {
            String end = "~" + HexFormat.of().formatHex(sha256(key.toByteArray()), 0, 8) + mark;
            byte[] folder = Arrays.copyOf(name.toByteArray(), last);
            String readable = readable(segment);
            while (anyBeginsWith(joined(folder, (readable + end).getBytes(StandardCharsets.UTF_8)))) {
                end += "~";
            }
            return (readable + end).getBytes(StandardCharsets.UTF_8);
        }

        private static String readable(byte[] segment) {
            String text = new String(segment, 0, Math.min(segment.length, KEPT_BYTES), StandardCharsets.UTF_8);
            StringBuilder readable = new StringBuilder();
            text.codePoints()
                    .map(c -> Character.isISOControl(c) || c == '\\' || c == 0xfffd || c == 0x2028 || c == 0x2029
                            ? '_'
                            : c)
                    .forEach(readable::appendCodePoint);
            return readable.toString().matches("\\.{0,2}") ? "_" : readable.toString();
        }

        void shorten(int mostBytes) {
            if (name.size() <= mostBytes) {
                return;
            }
            String end = "~" + HexFormat.of().formatHex(sha256(key.toByteArray()), 0, 8);
            byte[] all = name.toByteArray();
            int cut = mostBytes - 30;
            while ((all[cut] & 0xc0) == 0x80 || all[cut - 1] == '/') {
                cut--;
            }
            name.reset();
            name.write(all, 0, cut);
            name.writeBytes(end.getBytes(StandardCharsets.UTF_8));
            why = why == null ? "is longer than " + mostBytes + " bytes" : why;
        }

        private static byte[] sha256(byte[] bytes) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(bytes);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }

        byte[] name() {
            return name.toByteArray();
        }

        @Nullable
        String why() {
            return why;
        }
    }

    @Override
    public void close() {
        if (folded != null) {
            folded.close();
        }
    }
}
