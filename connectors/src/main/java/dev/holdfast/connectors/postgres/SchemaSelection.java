package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ArchiveToc.Item;
import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.connectors.postgres.PostgresRestore.Contents;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of an archive a selection means, by the dependencies that pg_dump wrote into it.
 *
 * <ul>
 *   <li>A table that matches comes with its partitions, and with everything without which it cannot be made: types, functions
 *       of its defaults, sequences, a table it inherits from.
 *   <li>What belongs to something that comes (constraints, indexes, triggers, policies, comments, rights, owned sequences)
 *       comes too if all it needs comes, or can without a further table. So do views and whatever else lies in a schema that
 *       matches. What cannot is left out and listed.
 * </ul>
 */
final class SchemaSelection {
    private static final Set<String> RELATIONS =
            Set.of("TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE", "SEQUENCE");

    /** What is never brought along just because something else needs it. */
    private static final Set<String> NEVER_PULLED =
            Set.of("TABLE", "PUBLICATION", "SUBSCRIPTION", "EVENT TRIGGER", "DATABASE");

    /** What belongs to the one thing it depends on first. */
    private static final Set<String> BELONGS_TO_FIRST = Set.of(
            "COMMENT",
            "ACL",
            "SECURITY LABEL",
            "ROW SECURITY",
            "SEQUENCE OWNED BY",
            "TABLE ATTACH",
            "MATERIALIZED VIEW DATA",
            "STATISTICS DATA");

    /** What belongs to a relation, whose name is the beginning of its own. */
    private static final Set<String> BELONGS_BY_NAME =
            Set.of("DEFAULT", "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "TRIGGER", "RULE", "POLICY");

    /** What belongs to the relation among those it depends on. */
    private static final Set<String> BELONGS_TO_RELATION =
            Set.of("INDEX", "STATISTICS", "SEQUENCE", "PUBLICATION TABLE");

    /** What belongs to several things and comes when all of them do. */
    private static final Set<String> BELONGS_TO_ALL = Set.of("CAST", "TRANSFORM", "INDEX ATTACH");

    /** What lies in no schema, or acts for the whole database: nothing for one that is in use. */
    private static final Set<String> NOT_INTO_LIVE = Set.of(
            "CAST",
            "TRANSFORM",
            "FOREIGN TABLE",
            "USER MAPPING",
            "SERVER",
            "FOREIGN DATA WRAPPER",
            "DEFAULT ACL",
            "PUBLICATION TABLE",
            "PUBLICATION TABLES IN SCHEMA");

    /** What acts on other things, by names in its text: harm, where it is beside those that it knew. */
    private static final Set<String> NOT_ASIDE = Set.of("TRIGGER", "RULE");

    /** What is there before anything else is. */
    private static final Set<String> GROUND = Set.of(
            "ENCODING", "STDSTRINGS", "SEARCHPATH", "SCHEMA", "EXTENSION", "PROCEDURAL LANGUAGE", "ACCESS METHOD");

    /** What is no definition of the database's own. */
    private static final Set<String> FRAME = Set.of("ENCODING", "STDSTRINGS", "SEARCHPATH");

    /** What an archive says of itself, for example its encoding. */
    static boolean isFrame(Item item) {
        return FRAME.contains(item.type());
    }

    private final StoredDatabase stored;
    private final List<NamePattern> schemas;
    private final List<NamePattern> tables;
    private final Contents contents;
    private final Home home;
    private final Set<String> offered;
    private final Map<Integer, Item> items = new LinkedHashMap<>();
    private final Map<Integer, Integer> attachedTo = new TreeMap<>();
    private final Set<Integer> asked = new LinkedHashSet<>();
    private final Set<Integer> chosen = new LinkedHashSet<>();
    private final Map<Integer, String> leftOut = new TreeMap<>();

    /** Where a selection goes. */
    sealed interface Home {
        /** A database that has nothing else. */
        record NewDatabase() implements Home {}

        /** A schema of its own in a database that is in use. */
        record SideSchema(LiveDefinitions live) implements Home {}

        /** The same schemas in a database that is in use. */
        record OriginalSchema(LiveDefinitions live) implements Home {}

        /** What is in the database; null if nothing is. */
        default @Nullable LiveDefinitions inUse() {
            return switch (this) {
                case NewDatabase _ -> null;
                case SideSchema(LiveDefinitions live) -> live;
                case OriginalSchema(LiveDefinitions live) -> live;
            };
        }
    }

    private SchemaSelection(StoredDatabase stored, PostgresRestore choice, Home home, Set<String> offered) {
        this.stored = stored;
        this.schemas = choice.schemas().stream().map(NamePattern::ofName).toList();
        this.tables = choice.tables().stream().map(NamePattern::ofTableAnywhere).toList();
        this.contents = choice.contents();
        this.home = home;
        this.offered = offered;
    }

    /**
     * @param home where it goes
     * @param offered extensions that come whether they are needed or not: an archive does not tell of all needs
     * @throws Missing if a pattern matches nothing
     */
    static Chosen of(
            StoredDatabase stored, PostgresRestore choice, SchemaArchive archive, Home home, Set<String> offered)
            throws IOException {
        SchemaSelection selection = new SchemaSelection(stored, choice, home, offered);
        archive.items(selection::read);
        selection.choose();
        return selection.result();
    }

    /**
     * The rows that a selection means, without what it needs: that is there.
     *
     * @throws Missing if a pattern matches nothing
     */
    static Chosen rowsOf(StoredDatabase stored, PostgresRestore choice, SchemaArchive archive) throws IOException {
        SchemaSelection selection = new SchemaSelection(stored, choice, new Home.NewDatabase(), Set.of());
        archive.items(selection::read);
        selection.ask();
        return selection.rows();
    }

    private Chosen rows() {
        Set<TableName> names = new HashSet<>();
        for (Item item : items.values()) {
            Item owner = item.type().equals("SEQUENCE") ? owner(item) : null;
            if (asked.contains(item.id()) || (owner != null && asked.contains(owner.id()))) {
                names.add(new TableName(item.schema(), item.name()));
            }
        }
        Chosen all = Chosen.rows(stored);
        Chosen rows = Chosen.rows(
                all.tables().stream()
                        .filter(table -> names.contains(table.name()))
                        .toList(),
                all.sequences().stream()
                        .filter(sequence -> names.contains(sequence.name()))
                        .toList(),
                List.of());
        if (rows.entries() == 0) {
            throw new Missing(ErrorCode.PART_MISSING, "nothing that was selected has rows", "select a table.");
        }
        return rows;
    }

    /** Of large objects there may be millions, and they are not part of any selection. */
    private void read(Item item) {
        if (item.type().startsWith("BLOB")
                || item.name().startsWith("LARGE OBJECT")
                || item.type().startsWith("DATABASE")) {
            return;
        }
        items.put(item.id(), item);
    }

    private void ask() {
        items.values().stream()
                .filter(item -> item.type().equals("TABLE ATTACH"))
                .forEach(this::readAttachment);
        schemas.forEach(pattern -> ask(pattern, "schema", true));
        tables.forEach(pattern -> ask(pattern, "table", false));
        askForPartitions();
    }

    private void choose() {
        ask();
        asked.stream()
                .map(this::item)
                .filter(item -> item.type().equals("TABLE"))
                .forEach(this::take);
        boolean more = true;
        while (more) {
            more = false;
            for (Item item : items.values()) {
                if (!chosen.contains(item.id()) && isWanted(item)) {
                    more |= takeIfPossible(item);
                }
            }
        }
    }

    private void readAttachment(Item attach) {
        Item partition = null;
        Item parent = null;
        for (Item on : dependencies(attach)) {
            if (on.name().equals(attach.name()) && on.schema().equals(attach.schema())) {
                partition = on;
            } else {
                parent = on;
            }
        }
        if (partition != null && parent != null) {
            attachedTo.put(partition.id(), parent.id());
        }
    }

    private void ask(NamePattern pattern, String what, boolean whole) {
        Set<String> seen = new TreeSet<>();
        boolean found = false;
        for (Item item : items.values()) {
            boolean relation = RELATIONS.contains(item.type());
            boolean inSchema = !item.schema().isEmpty() || (whole && item.type().equals("SCHEMA"));
            String schema = item.type().equals("SCHEMA") ? item.name() : item.schema();
            if (inSchema && (relation || whole)) {
                if (whole ? pattern.matches(schema) : pattern.matches(schema, item.name())) {
                    found = true;
                    asked.add(item.id());
                }
                seen.add(whole ? Sql.shortName(schema) : Sql.shortName(schema) + "." + Sql.shortName(item.name()));
            }
        }
        if (!found) {
            throw new Missing(
                    ErrorCode.PART_MISSING,
                    "the snapshot has no " + what + " that matches '" + pattern + "'",
                    "it has: " + PostgresSource.some(List.copyOf(seen)) + ".");
        }
    }

    /** The rows of a partitioned table are in its partitions. */
    private void askForPartitions() {
        boolean more = true;
        while (more) {
            more = false;
            for (Map.Entry<Integer, Integer> partition : attachedTo.entrySet()) {
                if (asked.contains(partition.getValue())) {
                    more |= asked.add(partition.getKey());
                }
            }
        }
    }

    private Item item(int id) {
        Item item = items.get(id);
        if (item == null) {
            throw new IllegalArgumentException("no entry " + id);
        }
        return item;
    }

    private List<Item> dependencies(Item item) {
        List<Item> found = new ArrayList<>();
        for (String dependency : item.dependencies()) {
            Item on = items.get(Integer.parseInt(dependency));
            if (on != null) {
                found.add(on);
            }
        }
        return found;
    }

    /** Without these it cannot be made. A partition can be made alone. */
    private List<Item> needs(Item item) {
        Item relation = RELATIONS.contains(item.type()) ? item : owner(item);
        Set<Integer> above = relation == null ? Set.of() : above(relation.id());
        List<Item> needs = new ArrayList<>(dependencies(item).stream()
                .filter(on -> on.id() != item.id() && !above.contains(on.id()) && !above.contains(ownerId(on)))
                .toList());
        if (item.type().equals("CONSTRAINT") && item.definition().contains(" EXCLUDE ")) {
            items.values().stream().filter(thing -> isNamedIn(item, thing)).forEach(needs::add);
        }
        return needs;
    }

    /** The tables that a partition is below. */
    private Set<Integer> above(int partition) {
        Set<Integer> above = new HashSet<>();
        for (Integer parent = attachedTo.get(partition);
                parent != null && above.add(parent);
                parent = attachedTo.get(parent)) {
            // up to the top
        }
        return above;
    }

    private int ownerId(Item item) {
        Item owner = owner(item);
        return owner == null ? -1 : owner.id();
    }

    /** The relation that a constraint, an index or the like belongs to; null if it is none of these. */
    private @Nullable Item owner(Item item) {
        if (BELONGS_BY_NAME.contains(item.type())) {
            return byName(item, dependencies(item));
        }
        return BELONGS_TO_RELATION.contains(item.type())
                ? dependencies(item).stream()
                        .filter(on -> RELATIONS.contains(on.type()))
                        .findFirst()
                        .orElse(null)
                : null;
    }

    /** An exclusion constraint may use functions and operators, and the archive does not say that it depends on them. */
    private static boolean isNamedIn(Item constraint, Item thing) {
        if (!thing.type().equals("FUNCTION") && !thing.type().equals("OPERATOR")) {
            return false;
        }
        int arguments = thing.name().indexOf('(');
        String name = arguments < 0 ? thing.name() : thing.name().substring(0, arguments);
        return constraint.definition().contains(Sql.shortName(thing.schema()) + "." + name);
    }

    /** With all that it needs, further tables too. */
    private void take(Item item) {
        Deque<Item> open = new ArrayDeque<>(List.of(item));
        for (Item next = open.poll(); next != null; next = open.poll()) {
            if (chosen.add(next.id())) {
                open.addAll(needs(next));
            }
        }
    }

    private boolean isWanted(Item item) {
        return asked.contains(item.id()) || belongsToChosen(item) || FRAME.contains(item.type());
    }

    private boolean belongsToChosen(Item item) {
        String type = item.type();
        List<Item> on = dependencies(item);
        if (BELONGS_TO_FIRST.contains(type)) {
            return !on.isEmpty() && chosen.contains(on.getFirst().id()) && !isSchemaOnly(on.getFirst());
        }
        Item owner = owner(item);
        if (owner != null) {
            return chosen.contains(owner.id());
        }
        return BELONGS_TO_ALL.contains(type)
                && !on.isEmpty()
                && on.stream().allMatch(thing -> chosen.contains(thing.id()));
    }

    /** A schema that comes only because something lies in it, or an extension: their rights and comments stay. */
    private boolean isSchemaOnly(Item item) {
        return item.type().equals("SCHEMA") && !asked.contains(item.id());
    }

    private static @Nullable Item byName(Item item, List<Item> on) {
        return on.stream()
                .filter(thing ->
                        RELATIONS.contains(thing.type()) && thing.schema().equals(item.schema()))
                .filter(thing -> item.name().startsWith(thing.name() + " "))
                .max(Comparator.comparingInt(thing -> thing.name().length()))
                .orElse(null);
    }

    private boolean takeIfPossible(Item item) {
        if (!mayEnter(item)) {
            leftOut.put(
                    item.id(),
                    NOT_ASIDE.contains(item.type())
                            ? "would act on other tables, by names in its text"
                            : "does not come into a database that is in use");
            return false;
        }
        Set<Integer> pulled = new LinkedHashSet<>();
        Item missing = missing(item, pulled);
        if (missing != null) {
            leftOut.put(item.id(), "needs " + missing.shown() + ", which is not selected");
            return false;
        }
        leftOut.remove(item.id());
        chosen.add(item.id());
        chosen.addAll(pulled);
        return true;
    }

    private boolean mayEnter(Item item) {
        return switch (home) {
            case Home.NewDatabase _ -> true;
            case Home.OriginalSchema _ -> !NOT_INTO_LIVE.contains(item.type());
            case Home.SideSchema _ -> !NOT_INTO_LIVE.contains(item.type()) && !NOT_ASIDE.contains(item.type());
        };
    }

    /** What keeps it from coming; null if nothing does, then {@code pulled} has what it brings along. */
    private @Nullable Item missing(Item item, Set<Integer> pulled) {
        for (Item need : needs(item)) {
            if (chosen.contains(need.id()) || pulled.contains(need.id())) {
                continue;
            }
            boolean never = NEVER_PULLED.contains(need.type()) || !mayEnter(need);
            if (never && !asked.contains(need.id())) {
                return need;
            }
            pulled.add(need.id());
            Item missing = missing(need, pulled);
            if (missing != null) {
                return missing;
            }
        }
        return null;
    }

    private Chosen result() {
        requireSomething();
        Map<String, String> needed = extensions();
        items.values().stream()
                .filter(item -> item.type().equals("EXTENSION") && offered.contains(item.name()))
                .forEach(this::take);
        Set<Integer> shared = shared();
        Set<Integer> kept = kept(shared);
        Set<TableName> relations = chosen.stream()
                .filter(id -> !shared.contains(id))
                .map(this::item)
                .filter(item -> RELATIONS.contains(item.type()))
                .map(item -> new TableName(item.schema(), item.name()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        boolean rows = contents != Contents.SCHEMA;
        return new Chosen(
                item -> kept.contains(item.id()),
                item -> shared.contains(item.id()),
                List.copyOf(relations),
                rows
                        ? stored.tables().stream()
                                .filter(table -> relations.contains(table.name()) && table.order() == 0)
                                .toList()
                        : List.of(),
                rows
                        ? stored.sequences().stream()
                                .filter(sequence -> relations.contains(sequence.name()))
                                .toList()
                        : List.of(),
                0,
                1,
                needed,
                findings(),
                clashes(shared));
    }

    private void requireSomething() {
        if (asked.stream().noneMatch(chosen::contains)) {
            throw new Missing(
                    ErrorCode.PART_MISSING,
                    "nothing that was selected can be restored alone: "
                            + PostgresSource.some(notTaken().stream()
                                    .map(finding -> finding.subject() + " " + finding.message())
                                    .toList()),
                    "select what it needs too.");
        }
    }

    /** Those that something chosen is known to need. */
    private Map<String, String> extensions() {
        Map<String, String> needed = new TreeMap<>();
        chosen.stream()
                .map(this::item)
                .filter(item -> item.type().equals("EXTENSION"))
                .forEach(item ->
                        needed.put(item.name(), stored.properties().extensions().getOrDefault(item.name(), "")));
        return needed;
    }

    /** What a live database has already in the same form: what was chosen refers to that. */
    private Set<Integer> shared() {
        LiveDefinitions live = home.inUse();
        Set<Integer> shared = new HashSet<>();
        if (live == null) {
            return shared;
        }
        boolean side = home instanceof Home.SideSchema;
        for (int id : chosen) {
            Item item = item(id);
            boolean ground = GROUND.contains(item.type());
            boolean copied = side && asked.contains(id) && !ground;
            if (ground
                    || (!copied && isPlain(item) && live.hasEqual(item))
                    || (!side && isSharedSequence(item, live))) {
                shared.add(id);
            }
        }
        while (shared.removeIf(id -> !GROUND.contains(item(id).type()) && !shared.containsAll(ids(needs(item(id)))))) {
            // what refers to a copy is a copy
        }
        return shared;
    }

    /** A sequence that columns of several tables may use goes on counting. */
    private boolean isSharedSequence(Item item, LiveDefinitions live) {
        return item.type().equals("SEQUENCE")
                && !asked.contains(item.id())
                && live.hasSequence(item)
                && needs(item).stream().noneMatch(on -> RELATIONS.contains(on.type()));
    }

    private static List<Integer> ids(List<Item> items) {
        return items.stream().map(Item::id).toList();
    }

    /** A definition of its own that has no rows. */
    private static boolean isPlain(Item item) {
        return !item.schema().isEmpty() && !RELATIONS.contains(item.type()) && !isAttachment(item.type());
    }

    private static boolean isAttachment(String type) {
        return BELONGS_TO_FIRST.contains(type)
                || BELONGS_BY_NAME.contains(type)
                || BELONGS_TO_RELATION.contains(type)
                || BELONGS_TO_ALL.contains(type);
    }

    /** Rights and comments of what is shared are somebody else's. */
    private Set<Integer> kept(Set<Integer> shared) {
        return chosen.stream()
                .filter(id -> {
                    List<Item> on = dependencies(item(id));
                    boolean belongs = BELONGS_TO_FIRST.contains(item(id).type()) && !on.isEmpty();
                    return !belongs
                            || home instanceof Home.NewDatabase
                            || (home instanceof Home.OriginalSchema
                                    && on.getFirst().type().equals("SCHEMA"))
                            || !shared.contains(on.getFirst().id());
                })
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What cannot go where it was, because something else is there. */
    private List<String> clashes(Set<Integer> shared) {
        return home instanceof Home.OriginalSchema(LiveDefinitions live)
                ? chosen.stream()
                        .filter(id -> !shared.contains(id))
                        .map(this::item)
                        .filter(item -> isPlain(item) && live.has(item))
                        .map(Item::shown)
                        .toList()
                : List.of();
    }

    private List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        chosen.stream()
                .filter(id -> !asked.contains(id))
                .map(this::item)
                .filter(item -> item.type().equals("TABLE"))
                .forEach(item -> findings.add(new Finding(
                        item.shown(), "was not selected and comes along, because what was selected needs it")));
        findings.addAll(notTaken());
        attachedTo.forEach((partition, parent) -> {
            if (chosen.contains(partition) && !chosen.contains(parent)) {
                findings.add(new Finding(
                        item(partition).shown(),
                        "comes as a table of its own: it is a partition of "
                                + item(parent).shown() + ", which is not selected"));
            }
        });
        if (stored.largeObjects() > 0 && contents != Contents.SCHEMA) {
            findings.add(new Finding(
                    "large objects", "are not part of a selection; the snapshot has " + stored.largeObjects()));
        }
        return findings;
    }

    private List<Finding> notTaken() {
        List<Finding> findings = new ArrayList<>();
        leftOut.forEach((id, why) -> {
            Item item = item(id);
            boolean tellable = !item.type().equals("COMMENT") && !item.type().equals("ACL");
            if (!chosen.contains(id) && tellable && !isAttachedElsewhere(item)) {
                findings.add(new Finding(item.shown(), "is left out: it " + why + definition(item)));
            }
        });
        return findings;
    }

    /** It is told of the partition itself. */
    private static boolean isAttachedElsewhere(Item item) {
        return item.type().equals("TABLE ATTACH") || item.type().equals("INDEX ATTACH");
    }

    private String definition(Item item) {
        boolean useful = !(home instanceof Home.SideSchema)
                && (item.type().equals("FK CONSTRAINT") || item.type().equals("TRIGGER"));
        return useful ? "; to add it: " + item.definition().strip().replaceAll("\\s+", " ") : "";
    }
}
