package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** What entries of a part are called and what is kept with them; the format of this connector. */
final class Keys {
    static final String KIND = "postgres";

    static final EntryKey BLOBS = EntryKey.of("blob/");
    static final EntryKey DOCUMENTS = EntryKey.of("document/");
    static final EntryKey DATABASE = EntryKey.of("document/database");
    static final EntryKey HBA = EntryKey.of("document/hba");
    static final EntryKey IDENT = EntryKey.of("document/ident");
    static final EntryKey ROLES = EntryKey.of("document/roles");
    static final EntryKey SCHEMA = EntryKey.of("document/schema");
    static final EntryKey SERVER_SETTINGS = EntryKey.of("document/server-settings");
    static final EntryKey TABLESPACES = EntryKey.of("document/tablespaces");
    static final EntryKey SEQUENCES = EntryKey.of("sequence/");
    static final EntryKey TABLES = EntryKey.of("table/");

    /** Every document that may be there; without the first, the roles and the schema there is no restore. */
    static final Set<EntryKey> KNOWN_DOCUMENTS =
            Set.of(DATABASE, HBA, IDENT, ROLES, SCHEMA, SERVER_SETTINGS, TABLESPACES);

    static final String ATTRIBUTE_SCHEMA = "schema";
    static final String ATTRIBUTE_NAME = "name";
    static final String COLUMNS = "columns";
    static final String ROWS = "rows";
    static final String HASH = "hash";
    static final String TABLE_KIND = "kind";
    static final String PERSISTENCE = "persistence";
    static final String ROOT = "root";
    static final String ORDER = "order";
    static final String RANGE_PAGES = "range-pages";
    static final String LAST_VALUE = "last-value";
    static final String IS_CALLED = "is-called";

    static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .build();

    private Keys() {}

    static EntryKey blob(long oid) {
        return EntryKey.of(String.format(Locale.ROOT, "blob/%010d", oid));
    }

    static long oid(EntryKey blob) {
        return Long.parseLong(blob.toString().substring(5));
    }

    static EntryKey sequence(String shown) {
        return EntryKey.of("sequence/" + shown);
    }

    static EntryKey table(String shown) {
        return EntryKey.of("table/" + shown);
    }

    /** The name of a table or sequence. */
    record TableName(String schema, String name) {
        String quoted() {
            return Sql.name(schema, name);
        }

        String shown() {
            return Sql.shortName(schema) + "." + Sql.shortName(name);
        }
    }

    static TableName tableName(Entry entry) {
        return new TableName(need(entry, ATTRIBUTE_SCHEMA), need(entry, ATTRIBUTE_NAME));
    }

    /** The partitioned table that routes the rows of a partition again, where that is needed. */
    static Optional<TableName> root(Entry entry) {
        return entry.attributes().text(ROOT).map(json -> {
            String[] names = JSON.readValue(json, String[].class);
            return new TableName(names[0], names[1]);
        });
    }

    static List<String> columns(Entry entry) {
        return List.of(JSON.readValue(need(entry, COLUMNS), String[].class));
    }

    /** An attribute without which the entry is of no use. */
    static String need(Entry entry, String attribute) {
        return entry.attributes()
                .text(attribute)
                .orElseThrow(() -> new Unsupported(
                        ErrorCode.DATABASE_RESTORE_FAILED,
                        "entry " + entry.key() + " has no attribute '" + attribute + "'",
                        "the snapshot was made by another version of Holdfast; use that one."));
    }

    static Entry document(PartReader part, EntryKey key) {
        return part.find(key)
                .orElseThrow(() -> new Missing(
                        ErrorCode.PART_MISSING,
                        "part '" + part.name() + "' has no entry " + key,
                        "the snapshot was made by another version of Holdfast; use that one."));
    }

    /** A list that an older document may not have. */
    static <T> List<T> list(@Nullable List<T> elements) {
        return elements == null ? List.of() : List.copyOf(elements);
    }

    /** A JSON document. */
    static <T> T read(PartReader part, EntryKey key, Class<T> type) {
        try (InputStream content = part.open(document(part, key).content())) {
            T value = JSON.readValue(content, type);
            if (value == null) {
                throw new Damaged(ErrorCode.DAMAGED, "entry " + key + " says nothing", "run 'holdfast check'.");
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
