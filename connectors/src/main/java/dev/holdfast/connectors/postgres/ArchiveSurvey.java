package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.engine.source.PartReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a part's schema archive defines, as far as an archive with data has to know it. */
final class ArchiveSurvey {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final Charset charset;
    private final Map<TableName, Definition> tables = new HashMap<>();
    private final Map<TableName, Definition> sequences = new HashMap<>();
    private final List<Integer> largeObjects = new ArrayList<>();
    private final Set<String> owners = new TreeSet<>();
    private int count;
    private int lastId;
    private boolean plainBackslashes = true;

    /**
     * The definition of a table or sequence.
     *
     * @param id of its entry
     * @param quoted its name with its schema, as pg_dump writes it
     */
    record Definition(int id, String oid, String owner, String quoted, String sql) {}

    private ArchiveSurvey(Charset charset) {
        this.charset = charset;
    }

    static ArchiveSurvey of(PartReader part, DatabaseProperties properties) throws IOException {
        ArchiveSurvey survey = new ArchiveSurvey(ArchiveInput.charset(properties.encoding()));
        try (InputStream schema = open(part)) {
            ArchiveInput input = survey.input(schema);
            input.skipTime();
            input.origin();
            survey.count = input.count();
            for (int i = 0; i < survey.count; i++) {
                survey.take(input.entry());
            }
        }
        return survey;
    }

    static InputStream open(PartReader part) {
        return new BufferedInputStream(
                part.open(Keys.document(part, Keys.SCHEMA).content()), BUFFER_BYTES);
    }

    ArchiveInput input(InputStream schema) throws IOException {
        return new ArchiveInput(schema, charset, Keys.SCHEMA.toString());
    }

    private void take(ArchiveEntry entry) {
        lastId = Math.max(lastId, entry.id());
        if (!entry.type().startsWith("DATABASE")) {
            owners.add(entry.owner());
        }
        switch (entry.type()) {
            case "TABLE" -> tables.put(name(entry), definition(entry, "DROP TABLE "));
            case "SEQUENCE" -> sequences.put(name(entry), definition(entry, "DROP SEQUENCE "));
            case "BLOB", "BLOB METADATA" -> largeObjects.add(entry.id());
            case "STDSTRINGS" -> plainBackslashes = entry.definition().contains("'on'");
            default -> {
                // goes through as it is
            }
        }
    }

    private static TableName name(ArchiveEntry entry) {
        return new TableName(entry.schema(), entry.name());
    }

    /** The name is taken from what drops it; an identity column's sequence has nothing that does. */
    private static Definition definition(ArchiveEntry entry, String drop) {
        String removal = entry.removal();
        String quoted = removal.startsWith(drop) && removal.endsWith(";\n")
                ? removal.substring(drop.length(), removal.length() - 2)
                : CopyNames.of(entry.schema(), entry.name());
        return new Definition(entry.id(), entry.oid(), entry.owner(), quoted, entry.definition());
    }

    Charset charset() {
        return charset;
    }

    /** How many entries the schema archive has. */
    int count() {
        return count;
    }

    /** The greatest id of an entry. */
    int lastId() {
        return lastId;
    }

    Optional<Definition> table(TableName name) {
        return Optional.ofNullable(tables.get(name));
    }

    Optional<Definition> sequence(TableName name) {
        return Optional.ofNullable(sequences.get(name));
    }

    /** Entries that define large objects. */
    List<Integer> largeObjects() {
        return largeObjects;
    }

    /** Roles that own something. */
    Set<String> owners() {
        return owners;
    }

    /** Whether a backslash between quotes is only that. */
    boolean plainBackslashes() {
        return plainBackslashes;
    }
}
