package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ArchiveSurvey.Definition;
import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.engine.tree.Entry;
import java.util.List;
import java.util.Optional;

/** An entry that an archive with data has and its schema archive has not. */
sealed interface ArchiveAddition {
    int id();

    /** Whether a block of data belongs to it. */
    default boolean hasData() {
        return true;
    }

    /**
     * The rows of a table.
     *
     * @param definition empty for a table of an extension
     * @param root where the rows are routed again, as COPY names it; empty if they go into the table itself
     * @param dependencies entries that must be restored before, the table's own first
     */
    record Rows(
            int id,
            Entry entry,
            TableName name,
            Optional<Definition> definition,
            Optional<String> root,
            List<Integer> dependencies)
            implements ArchiveAddition {
        long rows() {
            return Long.parseLong(Keys.need(entry, Keys.ROWS));
        }

        String hash() {
            return Keys.need(entry, Keys.HASH);
        }
    }

    /** The state of a sequence; the definition is empty for one of an extension. */
    record SequenceState(int id, Entry entry, TableName name, Optional<Definition> definition)
            implements ArchiveAddition {
        @Override
        public boolean hasData() {
            return false;
        }
    }

    /** Definitions of large objects that the schema archive lacks; as many as it has oids. */
    record LargeObjectDefinitions(int id, List<Long> oids) implements ArchiveAddition {
        @Override
        public boolean hasData() {
            return false;
        }
    }

    /**
     * Large objects one after the other.
     *
     * @param first oid of the first
     * @param count how many
     */
    record LargeObjectContents(int id, long first, long count, List<Integer> dependencies) implements ArchiveAddition {}
}
