package dev.holdfast.engine.repository;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.Extent;
import dev.holdfast.engine.tree.ExtentCursor;
import dev.holdfast.engine.tree.TreeReader;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The same part in the previous snapshot, as far as it is whole: an entry whose chunks are not all in the index is left out, so
 * that its source is read again and the repository heals.
 */
final class PreviousPart {
    private final ChunkReader reader;
    private final TreeReader tree;
    private final Consumer<Finding> findings;

    PreviousPart(ChunkReader reader, Part part, Consumer<Finding> findings) {
        this.reader = reader;
        this.tree = new TreeReader(reader, part.root());
        this.findings = findings;
    }

    EntryCursor entries() {
        EntryCursor all = tree.entries();
        return () -> {
            try {
                @Nullable Entry entry = all.next();
                while (entry != null && !whole(entry)) {
                    entry = all.next();
                }
                return entry;
            } catch (Damaged e) {
                note(e);
                return null;
            }
        };
    }

    Optional<Entry> find(EntryKey key) {
        try {
            return tree.find(key).filter(this::whole);
        } catch (Damaged e) {
            note(e);
            return Optional.empty();
        }
    }

    private boolean whole(Entry entry) {
        ExtentCursor extents = new ExtentCursor(reader, entry.content());
        for (@Nullable Extent extent = extents.next(); extent != null; extent = extents.next()) {
            if (!reader.knows(extent.chunk())) {
                return false;
            }
        }
        return true;
    }

    private void note(Damaged e) {
        findings.accept(new Finding(
                "repository",
                "the previous snapshot cannot be read whole, so the source is read again: " + e.getMessage()));
    }
}
