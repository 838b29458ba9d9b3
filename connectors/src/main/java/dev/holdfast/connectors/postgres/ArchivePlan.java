package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ArchiveAddition.LargeObjectContents;
import dev.holdfast.connectors.postgres.ArchiveAddition.LargeObjectDefinitions;
import dev.holdfast.connectors.postgres.ArchiveAddition.Rows;
import dev.holdfast.connectors.postgres.ArchiveAddition.SequenceState;
import dev.holdfast.connectors.postgres.ArchiveSurvey.Definition;
import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is added to a schema archive, in the order of pg_dump: rows by name of the table, those of extensions' tables before
 * all in the order of their references; states of sequences; large objects.
 */
final class ArchivePlan {
    /** How many large objects pg_dump of PostgreSQL 17 puts into one entry at most. */
    private static final int GROUP = 1000;

    private final PartReader part;
    private final ArchiveSurvey survey;
    private final boolean of17;
    private final Consumer<Finding> findings;
    private final List<ArchiveAddition> additions = new ArrayList<>();
    private int lastId;
    private long largeObjects;

    private ArchivePlan(PartReader part, ArchiveSurvey survey, boolean of17, Consumer<Finding> findings) {
        this.part = part;
        this.survey = survey;
        this.of17 = of17;
        this.findings = findings;
        this.lastId = survey.lastId();
    }

    /**
     * @param of17 whether the archive is one of PostgreSQL 17 or later
     */
    static List<ArchiveAddition> of(PartReader part, ArchiveSurvey survey, boolean of17, Consumer<Finding> findings) {
        ArchivePlan plan = new ArchivePlan(part, survey, of17, findings);
        plan.make();
        return plan.additions;
    }

    private void make() {
        List<Entry> tables = new ArrayList<>();
        List<Entry> sequences = new ArrayList<>();
        EntryCursor cursor = part.entriesFrom(Keys.DOCUMENTS);
        for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            switch (entry.type()) {
                case TABLE -> tables.add(entry);
                case SEQUENCE -> sequences.add(entry);
                case DOCUMENT -> {
                    if (!Keys.KNOWN_DOCUMENTS.contains(entry.key())) {
                        throw unknown(entry);
                    }
                }
                default -> throw unknown(entry);
            }
        }
        addRows(tables);
        addSequences(sequences);
        addLargeObjects();
    }

    private static Unsupported unknown(Entry entry) {
        return new Unsupported(
                ErrorCode.DATABASE_DUMP_FAILED,
                "entry " + entry.key() + " of type " + entry.type() + " is not known to this version",
                "export with the version of Holdfast that made the snapshot, or a later one.");
    }

    private void addRows(List<Entry> tables) {
        List<Entry> sorted = tables.stream()
                .sorted(Comparator.comparing(ArchivePlan::isOrdinary)
                        .thenComparingLong(ArchivePlan::order)
                        .thenComparing(this::byName))
                .toList();
        List<Rows> ofExtensions = new ArrayList<>();
        for (Entry entry : sorted) {
            Rows rows = rows(entry, ofExtensions);
            additions.add(rows);
            if (!isOrdinary(entry)) {
                ofExtensions.add(rows);
            }
        }
    }

    private static boolean isOrdinary(Entry entry) {
        return order(entry) == 0;
    }

    private static long order(Entry entry) {
        return entry.attributes().number(Keys.ORDER).orElse(0);
    }

    private int byName(Entry one, Entry other) {
        TableName left = Keys.tableName(one);
        TableName right = Keys.tableName(other);
        int bySchema = Arrays.compareUnsigned(bytes(left.schema()), bytes(right.schema()));
        return bySchema != 0 ? bySchema : Arrays.compareUnsigned(bytes(left.name()), bytes(right.name()));
    }

    private byte[] bytes(String text) {
        return text.getBytes(survey.charset());
    }

    private Rows rows(Entry entry, List<Rows> before) {
        TableName name = Keys.tableName(entry);
        Optional<Definition> definition = survey.table(name);
        boolean ofExtension = Keys.need(entry, Keys.TABLE_KIND).equals("extension");
        if (definition.isEmpty() && !ofExtension) {
            throw undefined(name);
        }
        Optional<String> root = Keys.root(entry)
                .map(top -> survey.table(top).orElseThrow(() -> undefined(top)).quoted());
        // an extension's table has no entry: its place stays empty, as pg_dump leaves it
        List<Integer> dependencies =
                new ArrayList<>(List.of(definition.map(Definition::id).orElseGet(() -> ++lastId)));
        before.stream()
                .filter(rows -> order(rows.entry()) < order(entry))
                .map(Rows::id)
                .forEach(dependencies::add);
        return new Rows(++lastId, entry, name, definition, root, dependencies);
    }

    private static Damaged undefined(TableName table) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "the schema archive of the snapshot does not define table " + table.shown() + ", which has rows",
                "run 'holdfast check --read-data'; export another snapshot.");
    }

    private void addSequences(List<Entry> sequences) {
        sequences.stream()
                .sorted(this::byName)
                .map(entry -> new SequenceState(
                        ++lastId, entry, Keys.tableName(entry), survey.sequence(Keys.tableName(entry))))
                .forEach(additions::add);
    }

    private void addLargeObjects() {
        boolean defined = !survey.largeObjects().isEmpty();
        EntryCursor cursor = part.entriesFrom(Keys.BLOBS);
        Entry entry = cursor.next();
        long first = 0;
        List<Long> group = new ArrayList<>();
        while (entry != null && entry.type() == EntryType.LARGE_OBJECT) {
            long oid = Keys.oid(entry.key());
            first = largeObjects++ == 0 ? oid : first;
            if (!defined) {
                group.add(oid);
                if (group.size() == GROUP) {
                    addGroup(group);
                    group.clear();
                }
            }
            entry = cursor.next();
        }
        requireDefinitions();
        if (defined && largeObjects > 0) {
            List<Integer> dependencies = of17 ? survey.largeObjects() : List.of();
            additions.add(new LargeObjectContents(++lastId, first, largeObjects, dependencies));
        } else if (largeObjects > 0) {
            addGroup(group);
            findings.accept(new Finding(
                    "large objects",
                    "belong to whoever restores the file and are without granted rights and comments: the snapshot"
                            + " has no definitions of them"));
        }
    }

    /** Up to PostgreSQL 16 each has one, before the data; since then pg_dump leaves them out together with the data. */
    private void requireDefinitions() {
        if (!of17 && survey.largeObjects().size() != largeObjects) {
            throw new Damaged(
                    ErrorCode.DAMAGED,
                    "the schema archive of the snapshot defines "
                            + survey.largeObjects().size() + " large objects of " + largeObjects,
                    "run 'holdfast check --read-data'; export another snapshot.");
        }
    }

    private void addGroup(List<Long> oids) {
        if (oids.isEmpty()) {
            return;
        }
        LargeObjectDefinitions definitions = new LargeObjectDefinitions(++lastId, List.copyOf(oids));
        additions.add(definitions);
        additions.add(new LargeObjectContents(++lastId, oids.getFirst(), oids.size(), List.of(definitions.id())));
    }
}
