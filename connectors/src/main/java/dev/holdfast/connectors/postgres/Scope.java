package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Kind;
import dev.holdfast.connectors.postgres.Catalog.Relation;
import dev.holdfast.connectors.postgres.Catalog.Root;
import dev.holdfast.connectors.postgres.Catalog.Schema;
import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a {@link Selection} means in one database at one moment. Nothing is locked; for one thread while it is made. */
final class Scope {
    private final String database;
    private final Selection selection;
    private final List<Table> tables = new ArrayList<>();
    private final Map<Long, Schema> schemas = new LinkedHashMap<>();
    private final Map<Long, Relation> relations = new LinkedHashMap<>();
    private final Set<Long> outSchemas = new HashSet<>();
    private final Set<Long> out = new HashSet<>();
    private final Set<Long> emptied = new HashSet<>();
    private final List<String> rowsOfExtensions = new ArrayList<>();
    private final List<String> unmatched = new ArrayList<>();

    private Scope(String database, Selection selection) {
        this.database = database;
        this.selection = selection;
    }

    /**
     * Reads the catalog and chooses.
     *
     * @throws Invalid if the selection leaves no table of a database that has some, or cuts partitions apart that belong
     *     together
     */
    static Scope of(Session session, Selection selection) throws SQLException {
        Scope scope = new Scope(session.location().database(), selection);
        List<Table> all = scope.readable(session, Catalog.tables(session));
        if (selection.isEverything()) {
            scope.tables.addAll(all);
            return scope;
        }
        Catalog.schemas(session).forEach(schema -> scope.schemas.put(schema.oid(), schema));
        Catalog.relations(session).forEach(relation -> scope.relations.put(relation.oid(), relation));
        scope.chooseSchemas();
        scope.chooseRelations();
        scope.followOwners();
        Catalog.usedByOthers(session, scope.outSequences(), scope.outRelations())
                .forEach(scope.out::remove);
        scope.take(all);
        scope.requireWholeTrees(all);
        return scope;
    }

    /** A standby has no rows of unlogged tables, and refuses to read them. */
    private List<Table> readable(Session session, List<Table> all) throws SQLException {
        if (!session.truth("SELECT pg_catalog.pg_is_in_recovery()")) {
            return all;
        }
        return all.stream()
                .map(table -> table.unlogged() ? table.withoutRows() : table)
                .toList();
    }

    private void chooseSchemas() {
        Patterns include =
                Patterns.ofNames("schemas.include", selection.schemas().include());
        Patterns exclude =
                Patterns.ofNames("schemas.exclude", selection.schemas().exclude());
        for (Schema schema : schemas.values()) {
            boolean wanted = include.match(pattern -> pattern.matches(schema.name())) || include.isEmpty();
            if (exclude.match(pattern -> pattern.matches(schema.name())) || !wanted) {
                outSchemas.add(schema.oid());
            }
        }
        unmatched.addAll(include.unmatched());
        unmatched.addAll(exclude.unmatched());
    }

    private void chooseRelations() {
        Patterns include =
                Patterns.ofTables("tables.include", selection.tables().include());
        Patterns exclude =
                Patterns.ofTables("tables.exclude", selection.tables().exclude());
        Patterns withoutData = Patterns.ofTables("exclude-data", selection.excludeData());
        for (Relation relation : relations.values()) {
            List<Relation> line = line(relation);
            Predicate<NamePattern> named =
                    pattern -> line.stream().anyMatch(r -> pattern.matches(r.schema(), r.name()));
            boolean wanted = include.match(named) || include.isEmpty() || relation.isSequence();
            if (exclude.match(named) || !wanted || line.stream().anyMatch(this::isInOutSchema)) {
                out.add(relation.oid());
            }
            if (relation.isTable() && withoutData.match(named)) {
                emptied.add(relation.oid());
            }
        }
        Stream.of(include, exclude, withoutData).forEach(patterns -> unmatched.addAll(patterns.unmatched()));
    }

    /** The relation with all it is a partition of. */
    private List<Relation> line(Relation relation) {
        return Stream.concat(
                        Stream.of(relation),
                        relation.ancestors().stream()
                                .filter(relations::containsKey)
                                .map(relations::get))
                .toList();
    }

    private boolean isInOutSchema(Relation relation) {
        return outSchemas.contains(relation.schemaOid());
    }

    /** A partition is nothing without its root, which has no rows itself; a table takes its own sequences along. */
    private void followOwners() {
        for (Relation relation : relations.values()) {
            if (!out.contains(relation.oid())) {
                relation.ancestors().forEach(out::remove);
            }
        }
        for (Relation relation : relations.values()) {
            if (relation.isSequence() && out.contains(relation.owner())) {
                out.add(relation.oid());
            }
        }
    }

    private Long[] outSequences() {
        return oids(relation -> relation.isSequence() && out.contains(relation.owner()) && !isInOutSchema(relation));
    }

    private void take(List<Table> all) {
        for (Table table : all) {
            if (!out.contains(table.oid())) {
                tables.add(emptied.contains(table.oid()) ? table.withoutRows() : table);
            } else if (table.kind() == Kind.EXTENSION) {
                rowsOfExtensions.add(table.shown());
            }
        }
        if (tables.isEmpty() && !all.isEmpty()) {
            throw refused(
                    "leaves none of its " + all.size() + " tables",
                    unmatched.isEmpty()
                            ? "select some, or leave the source away."
                            : "look for a typing error, nothing is called like " + String.join(", ", unmatched) + ".");
        }
    }

    /** Where a restore routes rows anew, any partition may get rows of its siblings. */
    private void requireWholeTrees(List<Table> all) {
        Map<Root, String> cut = new HashMap<>();
        for (Table table : all) {
            Root root = table.root();
            if (root != null && (out.contains(table.oid()) || emptied.contains(table.oid()))) {
                cut.put(root, table.shown());
            }
        }
        for (Table table : tables) {
            Root root = table.root();
            if (root != null && table.hasRows() && cut.containsKey(root)) {
                throw refused(
                        "leaves out partition " + cut.get(root) + " and not its sibling " + table.shown()
                                + ", whose rows a restore may put into it",
                        "select all partitions of " + root.quoted() + " or none.");
            }
        }
    }

    /** What the selection cannot do. */
    Invalid refused(String what, String hint) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID, "the selection of database '" + database + "' " + what, hint);
    }

    /** The patterns of one key of the configuration, and which of them met something. */
    private record Patterns(String key, Map<NamePattern, Boolean> met) {
        static Patterns ofNames(String key, List<String> texts) {
            Patterns patterns = new Patterns(key, new LinkedHashMap<>());
            texts.forEach(text -> patterns.met.put(NamePattern.ofName(text), false));
            return patterns;
        }

        static Patterns ofTables(String key, List<String> texts) {
            Patterns patterns = new Patterns(key, new LinkedHashMap<>());
            texts.forEach(text -> patterns.met.put(NamePattern.ofTable(text), false));
            return patterns;
        }

        boolean isEmpty() {
            return met.isEmpty();
        }

        /** Whether any pattern does; all are asked, so that each is known to meet something. */
        boolean match(Predicate<NamePattern> test) {
            boolean any = false;
            for (Map.Entry<NamePattern, Boolean> pattern : met.entrySet()) {
                boolean matches = test.test(pattern.getKey());
                any |= matches;
                if (matches) {
                    pattern.setValue(true);
                }
            }
            return any;
        }

        List<String> unmatched() {
            return met.entrySet().stream()
                    .filter(pattern -> !pattern.getValue())
                    .map(pattern -> "'" + pattern.getKey() + "' (" + key + ")")
                    .toList();
        }
    }

    Selection selection() {
        return selection;
    }

    boolean isEverything() {
        return selection.isEverything();
    }

    /** Every selected table whose rows belong to users, and partitioned ones. */
    List<Table> tables() {
        return tables;
    }

    /** Patterns that nothing is called like, each with its key. */
    List<String> unmatched() {
        return unmatched;
    }

    boolean hasSchema(String name) {
        return schemas.values().stream()
                .noneMatch(
                        schema -> schema.name().equals(name) && outSchemas.contains(schema.oid()) && !schema.needed());
    }

    /** All relations that are left out, by oid. */
    Long[] outRelations() {
        return out.toArray(Long[]::new);
    }

    /** All whose rows are not read, by oid. */
    Long[] unread() {
        return Stream.concat(out.stream(), emptied.stream()).distinct().toArray(Long[]::new);
    }

    /** Relations that are left out and that the schema would define. */
    Long[] undefined() {
        return oids(relation -> out.contains(relation.oid()) && !relation.member());
    }

    /** Sequences that stay although the table that owns them does not. */
    Long[] orphans() {
        return oids(
                relation -> relation.isSequence() && out.contains(relation.owner()) && !out.contains(relation.oid()));
    }

    /** Schemas that are left out altogether, by oid. */
    Long[] goneSchemas() {
        return schemas.values().stream()
                .filter(schema -> outSchemas.contains(schema.oid()) && !schema.needed())
                .map(Schema::oid)
                .toArray(Long[]::new);
    }

    /** Schemas of which only the extensions they hold stay, by oid. */
    Long[] emptySchemas() {
        return schemas.values().stream()
                .filter(schema -> outSchemas.contains(schema.oid()) && schema.needed())
                .map(Schema::oid)
                .toArray(Long[]::new);
    }

    /** Tables of which rows are missing, with all they are partitions of: what refers to them may find nothing. */
    Long[] incomplete() {
        return withAncestors(oid -> out.contains(oid) || emptied.contains(oid));
    }

    /** Tables that will have rows, with all they are partitions of. */
    Long[] filled() {
        Set<Long> filled = new HashSet<>();
        tables.stream()
                .filter(table -> table.hasRows() && table.kind() != Kind.EXTENSION)
                .forEach(table -> filled.add(table.oid()));
        return withAncestors(filled::contains);
    }

    private Long[] withAncestors(Predicate<Long> chosen) {
        return relations.values().stream()
                .filter(relation -> relation.isTable() && chosen.test(relation.oid()))
                .flatMap(relation -> Stream.concat(Stream.of(relation.oid()), relation.ancestors().stream()))
                .distinct()
                .toArray(Long[]::new);
    }

    private Long[] oids(Predicate<Relation> chosen) {
        return relations.values().stream().filter(chosen).map(Relation::oid).toArray(Long[]::new);
    }

    /**
     * What has pg_dump leave out, and so not lock, the same relations; and views that would have it wait for their locks.
     */
    List<String> dumpArguments(Collateral collateral) {
        List<String> arguments = new ArrayList<>();
        for (Schema schema : schemas.values()) {
            if (outSchemas.contains(schema.oid())) {
                addExclusion(arguments, dumpPattern(schema.name()) + ".*", dumpPattern(schema.name()), collateral);
            }
        }
        for (Relation relation : relations.values()) {
            boolean gone = out.contains(relation.oid()) || collateral.hasRelation(relation.oid());
            if (gone && !isInOutSchema(relation) && !relation.member()) {
                String pattern = dumpPattern(relation.schema()) + "." + dumpPattern(relation.name());
                addExclusion(arguments, pattern, pattern, collateral);
            }
        }
        return arguments;
    }

    /** An argument arrives as it is only if it is ASCII; the star in place of other letters must not meet a selected table. */
    private void addExclusion(List<String> arguments, String pattern, String names, Collateral collateral) {
        NamePattern meant = NamePattern.ofTable(pattern);
        if (!names.contains("\"*\"")
                || relations.values().stream()
                        .filter(r -> !out.contains(r.oid()) && !collateral.hasRelation(r.oid()))
                        .noneMatch(r -> meant.matches(r.schema(), r.name()))) {
            arguments.add("--exclude-table=" + pattern);
        }
    }

    private static String dumpPattern(String name) {
        return Sql.name(name).replaceAll("[^\\x00-\\x7f]+", "\"*\"");
    }

    /** What was left out, by name. */
    LeftOut leftOut(List<String> others) {
        return new LeftOut(
                schemas.values().stream()
                        .filter(schema -> outSchemas.contains(schema.oid()))
                        .map(schema -> Sql.shortName(schema.name()))
                        .sorted()
                        .toList(),
                // what an extension made comes with it, but for rows
                shown(r -> out.contains(r.oid()) && !isInOutSchema(r) && !r.isSequence() && !r.member()),
                Stream.concat(
                                shown(r -> emptied.contains(r.oid()) && !out.contains(r.oid())).stream(),
                                rowsOfExtensions.stream())
                        .sorted()
                        .toList(),
                others);
    }

    private List<String> shown(Predicate<Relation> chosen) {
        return relations.values().stream()
                .filter(chosen)
                .map(Relation::shown)
                .sorted()
                .toList();
    }
}
