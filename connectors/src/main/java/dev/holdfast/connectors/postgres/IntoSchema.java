package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.connectors.postgres.PostgresRestore.Contents;
import dev.holdfast.connectors.postgres.PostgresRestore.Landing;
import dev.holdfast.connectors.postgres.SchemaMove.Extension;
import dev.holdfast.connectors.postgres.SchemaSelection.Home;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredTable;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Some schemas or tables into a database that is in use: into a schema beside what is there, or into the schemas they came
 * from where nothing has their names.
 *
 * <p>Their definitions are made in a scratch database first and moved there into a schema with a name of its own, by the
 * server, which knows everything that refers to them. What pg_dump says of that schema is restored into the database, its
 * tables are filled and compared, and then, in one transaction, everything gets its final name. What is there is never
 * touched.
 */
final class IntoSchema implements RestoreWay {
    private static final String LEFT = "was left by a restore that could not end; drop it when it is not needed";

    private final RestoreJob job;
    private final PostgresLocation location;
    private final DatabaseProperties captured;
    private final boolean original;
    private final List<Finding> findings = Collections.synchronizedList(new ArrayList<>());
    private final List<String> notes = new ArrayList<>();
    private @Nullable String leftBehind;

    IntoSchema(RestoreJob job) {
        this.job = job;
        this.location = job.location();
        this.captured = job.stored().properties();
        this.original = job.choice().landing() instanceof Landing.OriginalSchema;
    }

    // ---- the plan

    @Override
    public void plan(Session admin, RestorePlan.Builder plan) throws Exception {
        ServerLook look = new ServerLook(job, admin, plan);
        look.versions();
        look.mayCreateDatabases();
        look.restoreTool();
        if (job.overwrite()) {
            plan.obstacle(new Invalid(
                    ErrorCode.USAGE,
                    "--overwrite replaces whole databases, and only some of one was selected",
                    "leave it out: a selection goes beside what is there; rows are replaced with --data-only"
                            + " --truncate."));
        }
        try (Session live = Session.open(location);
                SchemaArchive archive = archive()) {
            requireRoom(live, plan);
            Chosen chosen = chosen(live, archive);
            look.attempt(() -> requireExtensions(live, chosen));
            Map<String, String> names = names("<time>", archive, chosen);
            look.attempt(() -> requireFree(live, names, chosen));
            look.roles(use(archive, chosen), role -> false);
            look.omissions(archive, chosen, Set.of());
            look.amounts(chosen, compares());
            steps(archive, plan, chosen, names);
        }
    }

    private void requireRoom(Session live, RestorePlan.Builder plan) throws SQLException {
        if (!live.truth("SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')")) {
            plan.obstacle(new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "user '" + location.user() + "' may not create schemas in " + job.database(),
                    "let its owner run: GRANT CREATE ON DATABASE " + Sql.name(location.database()) + " TO "
                            + Sql.name(location.user()) + "."));
        }
    }

    private void requireExtensions(Session live, Chosen chosen) throws SQLException {
        Set<String> installed = Catalog.extensions(live).keySet();
        List<String> lacking = chosen.extensions().keySet().stream()
                .filter(name -> !installed.contains(name))
                .toList();
        if (!lacking.isEmpty()) {
            throw new Missing(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    job.database() + " has not the extensions that the selection needs: " + String.join(", ", lacking),
                    "install them there: "
                            + lacking.stream()
                                    .map(name -> "CREATE EXTENSION " + Sql.name(name))
                                    .collect(Collectors.joining("; "))
                            + ".");
        }
    }

    /** Nothing may have the names that things will get. */
    private void requireFree(Session live, Map<String, String> names, Chosen chosen) throws SQLException {
        if (names.isEmpty()) {
            throw new AlreadyExists(
                    ErrorCode.DATABASE_EXISTS,
                    job.database() + " has everything that was selected already, in the same form",
                    "leave out --original-schema: then it goes into a schema beside.");
        }
        List<String> taken = new ArrayList<>(chosen.clashes());
        if (original) {
            for (TableName relation : chosen.relations()) {
                if (live.textOrNull("SELECT pg_catalog.to_regclass(?)::text", relation.quoted()) != null) {
                    taken.add(relation.shown());
                }
            }
        } else {
            for (String name : new TreeSet<>(names.values())) {
                if (hasSchema(live, name)) {
                    taken.add("schema " + Sql.shortName(name));
                }
            }
        }
        if (!taken.isEmpty()) {
            throw new AlreadyExists(
                    ErrorCode.DATABASE_EXISTS,
                    job.database() + " has already " + PostgresSource.some(taken),
                    original
                            ? "leave out --original-schema: then everything goes into a schema beside."
                            : "give another name with --side-schema, or none.");
        }
    }

    private static boolean hasSchema(Session live, String name) throws SQLException {
        return live.truth("SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ?)", name);
    }

    private void steps(SchemaArchive archive, RestorePlan.Builder plan, Chosen chosen, Map<String, String> names)
            throws IOException {
        plan.step("Definitions are made in a scratch database on the same server, which is dropped again.");
        String home = String.join(
                ", ", new TreeSet<>(names.values()).stream().map(Sql::shortName).toList());
        plan.step("Database '" + location.database() + "' gets "
                + chosen.relations().size() + " tables, views and sequences in "
                + (names.size() == 1 ? "schema " : "the schemas ") + home
                + (job.choice().contents() == Contents.ALL
                        ? ", with "
                                + chosen.tables().stream()
                                        .mapToLong(StoredTable::rows)
                                        .sum()
                                + " rows."
                        : ", without rows."));
        if (compares()) {
            plan.step("All rows are read again and compared with the snapshot.");
        }
        plan.step("Everything appears in one transaction; nothing that is there is touched.");
        List<String> shared = new ArrayList<>();
        archive.items(item -> {
            if (chosen.shared().test(item)
                    && chosen.definitions().test(item)
                    && !item.schema().isEmpty()) {
                shared.add(item.shown());
            }
        });
        plan.fact("already-there", shared);
    }

    private boolean compares() {
        return job.choice().contents() == Contents.ALL && job.choice().compare().orElse(true);
    }

    private SchemaArchive archive() throws IOException {
        return SchemaArchive.of(job.stored().part(), captured.encoding(), job.scratch());
    }

    private Chosen chosen(Session live, SchemaArchive archive) throws Exception {
        LiveDefinitions there = LiveDefinitions.of(live, job.tools().dump(live.serverMajor()), job);
        return SchemaSelection.of(
                job.stored(),
                job.choice(),
                archive,
                original ? new Home.OriginalSchema(there) : new Home.SideSchema(there),
                Catalog.extensions(live).keySet());
    }

    private RoleUse use(SchemaArchive archive, Chosen chosen) throws IOException {
        return RoleUse.of(archive, chosen.definitions(), job.choice().ownership());
    }

    /**
     * Schemas of the snapshot that something comes from, and where it will be in the end.
     *
     * @param time for a name that nobody gave
     */
    private Map<String, String> names(String time, SchemaArchive archive, Chosen chosen) throws IOException {
        Set<String> schemas = new TreeSet<>();
        archive.items(item -> {
            if (chosen.definitions().test(item)
                    && !chosen.shared().test(item)
                    && !item.schema().isEmpty()) {
                schemas.add(item.schema());
            }
        });
        Map<String, String> names = new TreeMap<>();
        String base = switch (job.choice().landing()) {
            case Landing.SideSchema(var name) when name.isPresent() -> name.get();
            default -> DatabaseNames.beside("restored", "_" + time);
        };
        for (String schema : schemas) {
            names.put(schema, original ? schema : schemas.size() == 1 ? base : sideName(base, schema, names.size()));
        }
        return names;
    }

    private static String sideName(String base, String schema, int number) {
        String name = base + "_" + schema;
        return DatabaseNames.fits(name) ? name : DatabaseNames.beside(base, "_" + (number + 1));
    }

    // ---- the restore

    /** A schema of the snapshot on its way: its name until everything is there, and in the end. */
    private record Way(String unfinished, String name) {}

    @Override
    public RestoreReport run(Progress progress) throws Exception {
        try {
            return restore(progress);
        } catch (Exception e) {
            String left = leftBehind;
            if (left == null) {
                throw e;
            }
            throw RestoreFailures.leaving(
                    RestoreFailures.of(e, "restoring into " + job.database(), location, job.scratch()),
                    "what it had begun could not be removed",
                    "when the server is there: " + left + ".");
        }
    }

    private RestoreReport restore(Progress progress) throws Exception {
        try (SchemaArchive archive = archive();
                Session admin = NewDatabase.administer(location);
                Session live = Session.open(location)) {
            Chosen chosen = chosen(live, archive);
            requireExtensions(live, chosen);
            Map<String, String> names = names(DatabaseNames.timestamp(live, "YYYYMMDD_HH24MISS"), archive, chosen);
            requireFree(live, names, chosen);
            findings.addAll(chosen.leftOut());
            Map<String, Way> ways = new LinkedHashMap<>();
            names.forEach((schema, name) -> ways.put(schema, new Way(DatabaseNames.unfinished(name), name)));
            UnaryOperator<TableName> place = table -> {
                Way way = ways.get(table.schema());
                return way == null ? table : new TableName(way.unfinished(), table.name());
            };
            Filling filling =
                    new Filling(job.stored().part(), captured.encoding(), location, place, progress, job.pieceBytes());
            progress.expect(chosen.entries() - chosen.documents(), chosen.bytes(job.stored()));
            boolean done = false;
            try (SchemaArchive made = definitions(admin, live, archive, chosen, ways)) {
                fill(live, made, chosen, filling, RowOrder.whole(job.choice(), archive), place, progress);
                finish(live, ways);
                done = true;
            } finally {
                if (!done) {
                    undo(ways);
                }
            }
            reportLeftOver(admin, live);
            return new RestoreReport(filling.entries() + chosen.documents(), filling.bytes(), findings, notes);
        }
    }

    /** What pg_dump says of everything that was chosen, in schemas with names of their own. */
    private SchemaArchive definitions(
            Session admin, Session live, SchemaArchive archive, Chosen chosen, Map<String, Way> ways) throws Exception {
        NewDatabase scratch =
                new NewDatabase(location, DatabaseProperties.of(live, captured.dumpMajor()), findings::add);
        RoleChanges changes =
                new RoleChanges(job.choice().ownership(), location.user(), RoleChanges.Server.of(admin, Set.of()));
        try {
            scratch.create(admin);
            try (SchemaArchive ground = archive.edited(item ->
                            chosen.definitions().test(item) && chosen.shared().test(item) ? changes.edit(item) : null);
                    SchemaArchive rest =
                            archive.edited(item -> chosen.definitions().test(item)
                                            && (SchemaSelection.isFrame(item)
                                                    || !chosen.shared().test(item))
                                    ? changes.edit(item)
                                    : null);
                    Session session = Session.open(scratch.location())) {
                SchemaRestore restore = restore(live, scratch.location(), () -> verifyAnswering(live));
                restore.run(ground, "pre-data", 1);
                SchemaMove move = new SchemaMove(session);
                Map<String, Set<String>> stays = new TreeMap<>();
                for (String schema : ways.keySet()) {
                    stays.put(schema, move.taken(schema));
                }
                restore.run(rest, "pre-data", 1);
                restore.run(rest, "post-data", 1);
                for (Map.Entry<String, Way> way : ways.entrySet()) {
                    move(live, session, move, way.getKey(), way.getValue(), stays.getOrDefault(way.getKey(), Set.of()));
                }
                alignExtensions(live, session, move);
                changes.report(findings::add, job.stored()::tablespaceCommands);
            }
            return dump(live, scratch.location(), ways);
        } finally {
            drop(scratch);
        }
    }

    private SchemaRestore restore(Session live, PostgresLocation into, Runnable heartbeat) {
        return new SchemaRestore(
                job.tools().restore(live.serverMajor(), captured.dumpMajor()),
                live.serverMajor(),
                into,
                findings::add,
                heartbeat);
    }

    /** A schema that comes whole and is not there keeps its owner, rights and comment. */
    private void move(Session live, Session session, SchemaMove move, String schema, Way way, Set<String> stays)
            throws SQLException {
        boolean whole = original
                && stays.isEmpty()
                && !hasSchema(live, schema)
                && move.extensions().stream()
                        .noneMatch(extension -> extension.schema().equals(schema));
        if (whole) {
            session.run("ALTER SCHEMA " + Sql.name(schema) + " RENAME TO " + Sql.name(way.unfinished()));
            return;
        }
        session.run("CREATE SCHEMA " + Sql.name(way.unfinished()));
        move.move(
                move.things(schema).stream()
                        .filter(thing -> !stays.contains(thing.key()))
                        .toList(),
                way.unfinished());
    }

    /** What is said of extensions' types has to be true in the live database. */
    private void alignExtensions(Session live, Session session, SchemaMove move) throws SQLException {
        Map<String, String> homes = new SchemaMove(live)
                .extensions().stream().collect(Collectors.toMap(Extension::name, Extension::schema));
        for (Extension extension : move.extensions()) {
            String home = homes.getOrDefault(extension.name(), extension.schema());
            if (!home.equals(extension.schema())) {
                session.run("CREATE SCHEMA IF NOT EXISTS " + Sql.name(home));
                session.run("ALTER EXTENSION " + Sql.name(extension.name()) + " SET SCHEMA " + Sql.name(home));
            }
        }
    }

    private SchemaArchive dump(Session live, PostgresLocation scratch, Map<String, Way> ways)
            throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of("--section=pre-data", "--section=post-data"));
        for (Way way : ways.values()) {
            options.add("--schema=" + Sql.name(way.unfinished()));
        }
        return PlainDump.of(scratch, live.encoding(), job.tools().dump(live.serverMajor()), job.scratch(), options);
    }

    private void fill(
            Session live,
            SchemaArchive made,
            Chosen chosen,
            Filling filling,
            Predicate<StoredTable> whole,
            UnaryOperator<TableName> place,
            Progress progress)
            throws Exception {
        Runnable heartbeat = heartbeat(live, progress);
        SchemaRestore restore = restore(live, location, heartbeat);
        restore.run(made, "pre-data", 1);
        filling.fill(chosen.tables(), false, job.connections(), whole, heartbeat);
        filling.set(live, chosen.sequences());
        restore.run(made, "post-data", job.connections());
        for (StoredTable table : chosen.tables()) {
            live.run("ANALYZE " + place.apply(table.name()).quoted());
            progress.advance(0, 0);
        }
        if (compares()) {
            compare(live, chosen, place, progress);
        }
    }

    private void compare(Session live, Chosen chosen, UnaryOperator<TableName> place, Progress progress)
            throws Exception {
        progress.expect(chosen.entries() - chosen.documents(), chosen.bytes(job.stored()));
        RowCheck check = new RowCheck(captured.encoding(), place, progress);
        try {
            check.tables(location, chosen.tables(), job.connections(), heartbeat(live, progress));
            check.sequences(live, chosen.sequences());
            notes.add("Read again and compared before it got its name: "
                    + (chosen.tables().size() + chosen.sequences().size())
                    + " tables and sequences are equal to the snapshot.");
        } catch (AccessDenied e) {
            if (job.choice().compare().isPresent()) {
                throw e;
            }
            findings.add(IntoDatabase.notCompared(e));
        }
    }

    /** Everything appears at once. */
    private void finish(Session live, Map<String, Way> ways) throws SQLException {
        SchemaMove move = new SchemaMove(live);
        live.run("BEGIN");
        try {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                String unfinished = Sql.name(way.getValue().unfinished());
                String name = way.getValue().name();
                if (hasSchema(live, name)) {
                    move.move(move.things(way.getValue().unfinished()), name);
                    live.run("DROP SCHEMA " + unfinished);
                } else {
                    live.run("ALTER SCHEMA " + unfinished + " RENAME TO " + Sql.name(name));
                }
            }
            live.run("COMMIT");
        } catch (SQLException e) {
            if (!SqlFailures.isLost(e)) {
                live.run("ROLLBACK");
            }
            throw e;
        }
        noteWhere(ways);
    }

    private void noteWhere(Map<String, Way> ways) {
        Set<String> homes = new TreeSet<>();
        ways.values().forEach(way -> homes.add(way.name()));
        if (original) {
            notes.add("It is in the schemas it came from: "
                    + homes.stream().map(Sql::shortName).collect(Collectors.joining(", ")) + ".");
            return;
        }
        for (Map.Entry<String, Way> way : ways.entrySet()) {
            notes.add("What came from schema " + Sql.shortName(way.getKey()) + " is in schema "
                    + Sql.shortName(way.getValue().name()) + " of " + job.database()
                    + ", which only its owner may use yet. When it is not needed any more: DROP SCHEMA "
                    + Sql.name(way.getValue().name()) + " CASCADE;");
        }
    }

    /** What takes long and tells nothing goes on as long as the server answers. */
    private Runnable heartbeat(Session session, Progress progress) {
        return () -> {
            verifyAnswering(session);
            progress.advance(0, 0);
        };
    }

    private void verifyAnswering(Session session) {
        try {
            session.ping();
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "restoring into " + job.database(), location);
        }
    }

    private void drop(NewDatabase scratch) {
        boolean interrupted = Thread.interrupted();
        try (Session admin = NewDatabase.administer(location)) {
            scratch.drop(admin);
        } catch (SQLException | HoldfastException e) {
            leave("DROP DATABASE " + Sql.name(scratch.name()));
            findings.add(new Finding(
                    "database '" + scratch.name() + "'",
                    "was only for scratch and could not be dropped: drop it when the server is there"));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void leave(String statement) {
        leftBehind = leftBehind == null ? statement : leftBehind + "; " + statement;
    }

    /** Takes back what nobody has seen under its final name. */
    private void undo(Map<String, Way> ways) {
        boolean interrupted = Thread.interrupted();
        List<String> statements = ways.values().stream()
                .map(way -> "DROP SCHEMA IF EXISTS " + Sql.name(way.unfinished()) + " CASCADE")
                .toList();
        try (Session session = Session.open(location)) {
            for (String statement : statements) {
                session.run(statement);
            }
        } catch (SQLException | HoldfastException e) {
            statements.forEach(this::leave);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What earlier restores could not remove. */
    private void reportLeftOver(Session admin, Session live) {
        try {
            for (String left : DatabaseNames.leftOver(admin, location.database())) {
                findings.add(new Finding("database '" + left + "'", LEFT));
            }
            for (String left : live.list(
                    "SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname ~ '_holdfast_[0-9a-f]{8}$' ORDER BY 1",
                    row -> row.getString(1))) {
                findings.add(new Finding("schema '" + left + "'", LEFT));
            }
        } catch (SQLException e) {
            findings.add(
                    new Finding(job.database(), "could not be looked through for leftovers: " + SqlFailures.said(e)));
        }
    }
}
