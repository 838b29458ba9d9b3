package dev.holdfast.engine.tree;

import java.util.Objects;

/**
 * One thing in a part: a file, an object, a table.
 *
 * @param key its name, unique within the part
 * @param type what it is
 * @param attributes what the connector needs to recognise and restore it
 * @param content where its bytes are
 */
public record Entry(EntryKey key, EntryType type, Attributes attributes, Content content) {
    public Entry {
        Objects.requireNonNull(key);
        Objects.requireNonNull(type);
        Objects.requireNonNull(attributes);
        Objects.requireNonNull(content);
    }
}
