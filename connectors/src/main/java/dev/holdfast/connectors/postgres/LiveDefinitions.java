package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ArchiveToc.Item;
import dev.holdfast.connectors.postgres.Keys.TableName;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a live database has besides tables: types, functions, operators and the like, as pg_dump defines them; and sequences. */
final class LiveDefinitions {
    private final Map<String, String> definitions = new HashMap<>();
    private final Set<TableName> sequences = new HashSet<>();

    private LiveDefinitions() {}

    /** Reads them; no table is locked. */
    static LiveDefinitions of(Session live, ClientTools.Tool dump, RestoreJob job)
            throws IOException, InterruptedException, SQLException {
        LiveDefinitions found = new LiveDefinitions();
        found.sequences.addAll(live.list(
                "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                        + " ON n.oid = c.relnamespace WHERE c.relkind = 'S'",
                row -> new TableName(row.getString(1), row.getString(2))));
        try (SchemaArchive archive = PlainDump.of(
                live.location(),
                live.encoding(),
                dump,
                job.scratch(),
                List.of("--section=pre-data", "--exclude-table=*.*", "--no-comments", "--no-privileges"))) {
            archive.items(item -> found.definitions.put(key(item), SchemaComparison.means(item.definition())));
        }
        return found;
    }

    private static String key(Item item) {
        return item.type() + '\n' + item.schema() + '\n' + item.name();
    }

    boolean has(Item item) {
        return definitions.containsKey(key(item));
    }

    boolean hasSequence(Item item) {
        return sequences.contains(new TableName(item.schema(), item.name()));
    }

    boolean hasEqual(Item item) {
        return SchemaComparison.means(item.definition()).equals(definitions.get(key(item)));
    }
}
