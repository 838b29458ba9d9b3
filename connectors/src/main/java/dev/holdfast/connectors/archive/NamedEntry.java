package dev.holdfast.connectors.archive;

import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import org.jspecify.annotations.Nullable;

/**
 * An entry and its name in an export.
 *
 * @param name relative, never leading out; with a slash at the end exactly if it is a folder; {@code ./} for the folder that everything is in
 * @param why what was wrong with the key, if the name is another one
 */
record NamedEntry(Entry entry, EntryKey name, @Nullable String why) {
    boolean isFolder() {
        return name.length() > 0 && name.byteAt(name.length() - 1) == '/';
    }
}
