package dev.holdfast.server.browse;

import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import dev.holdfast.server.view.DifferencePageView;
import dev.holdfast.server.view.DifferencePageView.DifferenceView;
import dev.holdfast.server.view.EntryPageView;
import dev.holdfast.server.view.EntryView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Pages of what is in a part. */
public final class Browsing {
    /** How many entries a page of differences looks at; equal ones are many, and a page has to come in time. */
    private static final int MAX_LOOKED_AT = 100_000;

    private static final int MAX_ATTRIBUTE = 2000;
    private static final byte SLASH = '/';

    private Browsing() {}

    /**
     * Entries whose keys begin with a prefix.
     *
     * @param folders whether keys that share what comes before the next slash are one folder
     * @param after the last key of the page before
     */
    public static EntryPageView entries(
            PartReader part, String prefix, boolean folders, Optional<String> after, int limit) {
        EntryKey begin = EntryKeys.key(prefix);
        Optional<EntryKey> last = after.map(EntryKeys::key);
        List<EntryView> items = new ArrayList<>();
        EntryCursor cursor = part.entriesFrom(from(begin, last, folders));
        Entry entry = cursor.next();
        if (entry != null && last.filter(entry.key()::equals).isPresent()) {
            entry = cursor.next();
        }
        while (entry != null && entry.key().startsWith(begin)) {
            if (items.size() == limit) {
                return new EntryPageView(items, Optional.of(items.getLast().key()));
            }
            Optional<EntryKey> folder = folders ? folder(entry.key(), begin.length()) : Optional.empty();
            if (folder.isPresent()) {
                items.add(folder(folder.get()));
                cursor = part.entriesFrom(past(folder.get()));
            } else {
                items.add(view(entry));
            }
            entry = cursor.next();
        }
        return new EntryPageView(items, Optional.empty());
    }

    private static EntryKey from(EntryKey prefix, Optional<EntryKey> last, boolean folders) {
        return last.filter(key -> key.compareTo(prefix) > 0)
                .map(key -> folders && isFolder(key) ? past(key) : key)
                .orElse(prefix);
    }

    private static boolean isFolder(EntryKey key) {
        return key.length() > 0 && key.byteAt(key.length() - 1) == SLASH;
    }

    /** The first key after everything in a folder. */
    private static EntryKey past(EntryKey folder) {
        byte[] bytes = folder.toBytes();
        bytes[bytes.length - 1] = SLASH + 1;
        return EntryKey.ofOwned(bytes);
    }

    private static Optional<EntryKey> folder(EntryKey key, int from) {
        for (int i = from; i < key.length(); i++) {
            if (key.byteAt(i) == SLASH) {
                return Optional.of(EntryKey.ofOwned(Arrays.copyOf(key.toBytes(), i + 1)));
            }
        }
        return Optional.empty();
    }

    private static EntryView folder(EntryKey key) {
        return new EntryView(EntryKeys.text(key), key.toString(), "folder", 0, Map.of());
    }

    /** What differs between two parts, in order of keys. A page may be short, or empty, and yet not be the last. */
    public static DifferencePageView differences(
            PartReader before, PartReader after, Optional<String> last, int limit) {
        Optional<EntryKey> seen = last.map(EntryKeys::key);
        EntryKey from = seen.orElse(EntryKey.of(""));
        Side old = new Side(before.entriesFrom(from), seen);
        Side current = new Side(after.entriesFrom(from), seen);
        List<DifferenceView> items = new ArrayList<>();
        EntryKey passed = from;
        for (int looked = 0; old.entry != null || current.entry != null; looked++) {
            if (items.size() == limit || looked == MAX_LOOKED_AT) {
                return new DifferencePageView(items, Optional.of(EntryKeys.text(passed)));
            }
            int order = order(old.entry, current.entry);
            Optional<Entry> one = order <= 0 ? Optional.ofNullable(old.take()) : Optional.empty();
            Optional<Entry> other = order >= 0 ? Optional.ofNullable(current.take()) : Optional.empty();
            passed = one.or(() -> other).orElseThrow().key();
            if (!one.equals(other)) {
                items.add(difference(passed, one, other));
            }
        }
        return new DifferencePageView(items, Optional.empty());
    }

    private static int order(@Nullable Entry old, @Nullable Entry current) {
        if (old == null) {
            return 1;
        }
        return current == null ? -1 : old.key().compareTo(current.key());
    }

    private static DifferenceView difference(EntryKey key, Optional<Entry> before, Optional<Entry> after) {
        return new DifferenceView(
                EntryKeys.text(key),
                key.toString(),
                before.isEmpty() ? "added" : after.isEmpty() ? "removed" : "changed",
                before.map(Browsing::view),
                after.map(Browsing::view));
    }

    private static EntryView view(Entry entry) {
        return new EntryView(
                EntryKeys.text(entry.key()),
                entry.key().toString(),
                label(entry.type()),
                entry.content().bytes(),
                attributes(entry.attributes()));
    }

    private static String label(EntryType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Map<String, String> attributes(Attributes attributes) {
        Map<String, String> shown = new TreeMap<>();
        attributes.forEach((name, value) -> shown.put(
                name, EntryKeys.text(value.length > MAX_ATTRIBUTE ? Arrays.copyOf(value, MAX_ATTRIBUTE) : value)));
        return shown;
    }

    /** One of two lists that are read side by side. */
    private static final class Side {
        private final EntryCursor cursor;
        private @Nullable Entry entry;

        Side(EntryCursor cursor, Optional<EntryKey> seen) {
            this.cursor = cursor;
            this.entry = cursor.next();
            Entry first = entry;
            if (first != null && seen.filter(first.key()::equals).isPresent()) {
                this.entry = cursor.next();
            }
        }

        @Nullable
        Entry take() {
            Entry taken = entry;
            entry = cursor.next();
            return taken;
        }
    }
}
