package dev.holdfast.engine.tree;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two trees, in ascending order of keys, found in constant memory and without reading what they share.
 * For one thread.
 */
public final class TreeDiff {
    private final TreeWalk before;
    private final TreeWalk after;

    /**
     * Compares two trees of one repository.
     *
     * @throws dev.holdfast.engine.error.Damaged here or from {@link #next} if a node is missing or not what was written
     */
    public TreeDiff(TreeReader before, TreeReader after) {
        boolean same = before.root().equals(after.root());
        this.before = before.walk(same ? Optional.empty() : before.root());
        this.after = after.walk(same ? Optional.empty() : after.root());
    }

    /**
     * An entry that is in one tree alone, or differs.
     *
     * @param key its key
     * @param before what it was; empty if it is new
     * @param after what it is; empty if it is gone
     */
    public record Difference(EntryKey key, Optional<Entry> before, Optional<Entry> after) {}

    /** The next difference, or null after the last one. */
    public @Nullable Difference next() {
        while (true) {
            findEntries();
            LeafReader old = before.leaf();
            LeafReader current = after.leaf();
            if (old == null && current == null) {
                return null;
            }
            Difference difference = difference(old, current);
            if (difference != null) {
                return difference;
            }
        }
    }

    /** Brings both to an entry or the end, past the subtrees they share. */
    private void findEntries() {
        InnerReader old = before.subtree();
        InnerReader current = after.subtree();
        while (old != null || current != null) {
            if (old == null) {
                after.enter();
            } else if (current == null || old.level() > current.level()) {
                before.enter();
            } else if (old.child().equals(current.child())) {
                before.skip();
                after.skip();
            } else {
                after.enter();
            }
            old = before.subtree();
            current = after.subtree();
        }
    }

    /** Takes what comes first, or both if they have the same key; null if they are equal. */
    private @Nullable Difference difference(@Nullable LeafReader old, @Nullable LeafReader current) {
        if (old == null || (current != null && current.key().compareTo(old.key()) < 0)) {
            Entry entry = after.take();
            return new Difference(entry.key(), Optional.empty(), Optional.of(entry));
        }
        Entry first = before.take();
        if (current == null || !current.key().equals(first.key())) {
            return new Difference(first.key(), Optional.of(first), Optional.empty());
        }
        Entry second = after.take();
        return first.equals(second) ? null : new Difference(first.key(), Optional.of(first), Optional.of(second));
    }
}
