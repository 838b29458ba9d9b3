package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.PostgresRestore.Contents;
import dev.holdfast.connectors.postgres.Roles.Role;
import dev.holdfast.connectors.postgres.SchemaSelection.Home;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A database of its own: roles, an empty database beside, definitions, contents, what must come after them, properties, a
 * comparison, and at the very end the final name. What has the name steps aside and is kept.
 */
final class IntoDatabase implements RestoreWay {
    private static final int SHOWN_DIFFERENCES = 5;

    private final RestoreJob job;
    private final PostgresLocation location;
    private final DatabaseProperties captured;
    private final List<Finding> findings = Collections.synchronizedList(new ArrayList<>());
    private final List<String> notes = new ArrayList<>();
    private @Nullable String leftBehind;

    IntoDatabase(RestoreJob job) {
        this.job = job;
        this.location = job.location();
        this.captured = job.stored().properties();
    }

    // ---- the plan

    @Override
    public void plan(Session admin, RestorePlan.Builder plan) throws Exception {
        ServerLook look = new ServerLook(job, admin, plan);
        look.versions();
        boolean replaces = DatabaseNames.exists(admin, location.database());
        if (replaces) {
            present(admin, plan);
        }
        look.mayCreateDatabases();
        look.restoreTool();
        look.locale();
        try (SchemaArchive archive = archive()) {
            Chosen chosen = chosen(admin, archive);
            look.extensions(chosen.extensions());
            RoleUse use = use(archive, chosen);
            Set<String> made = look.roles(use, role -> wants(use, role));
            look.omissions(archive, chosen, made);
            look.amounts(chosen, compares(replaces));
            steps(plan, chosen, replaces);
        }
    }

    /** What is there, and what will happen to it. */
    private void present(Session admin, RestorePlan.Builder plan) throws SQLException {
        Sessions sessions = Sessions.in(admin, location.database());
        String contents = contents();
        plan.fact("present-database", contents);
        plan.fact("kept-databases", DatabaseNames.keptBefore(admin, location.database()));
        if (!job.overwrite()) {
            plan.obstacle(exists(contents));
            return;
        }
        if (job.choice().contents() != Contents.ALL) {
            plan.obstacle(new Invalid(
                    ErrorCode.USAGE,
                    job.database() + " would be replaced by one without rows",
                    "restore definitions alone into a new database, with --to."));
        }
        if (!admin.truth(
                "SELECT pg_catalog.pg_has_role(datdba, 'USAGE') FROM pg_catalog.pg_database WHERE datname = ?",
                location.database())) {
            plan.obstacle(new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "user '" + location.user() + "' may not replace " + job.database()
                            + ", which belongs to somebody else",
                    "restore as its owner or as a superuser."));
        }
        requireWhole(plan);
        plan.loss("Database '" + location.database() + "' on server " + location.server() + " (" + contents
                + ") will be replaced"
                + (job.choice().keepReplaced()
                        ? "; it is kept under the name '" + DatabaseNames.beside(location.database(), "_before_<time>")
                                + "'."
                        : " and dropped."));
        sessions(sessions, plan);
        others(admin, plan);
    }

    /** What a selection left out would be missing from the database that takes the name. */
    private void requireWhole(RestorePlan.Builder plan) {
        LeftOut leftOut = captured.leftOut();
        if (leftOut != null && !leftOut.isNothing()) {
            plan.obstacle(new AlreadyExists(
                    ErrorCode.DATABASE_EXISTS,
                    job.database() + " on server " + location.server()
                            + " would be replaced by a part of it: the snapshot leaves out " + leftOut.summary(),
                    "restore under another name, and take from the old database what is missing."));
        }
    }

    private void sessions(Sessions sessions, RestorePlan.Builder plan) {
        if (sessions.count() == 0) {
            plan.loss("Nobody is connected to it now; whoever is when it is replaced will be disconnected.");
            return;
        }
        plan.fact("sessions", sessions.shown());
        plan.loss("Whoever is connected to it when it is replaced will be disconnected; now these are "
                + sessions.shown() + ".");
        if (sessions.beyondReach() > 0) {
            plan.obstacle(new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "user '" + location.user() + "' may not end " + sessions.beyondReach() + " of the sessions in "
                            + job.database() + ": " + sessions.shown(),
                    "let them end, or let a superuser run: GRANT pg_signal_backend TO " + Sql.name(location.user())
                            + " (sessions of superusers can only be ended by superusers)."));
        }
    }

    private void others(Session admin, RestorePlan.Builder plan) throws SQLException {
        List<String> prepared = admin.list(
                "SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = ? ORDER BY 1",
                row -> row.getString(1),
                location.database());
        if (!prepared.isEmpty()) {
            plan.obstacle(new Busy(
                    ErrorCode.DATABASE_EXISTS,
                    job.database() + " has prepared transactions, and cannot be renamed: "
                            + PostgresSource.some(prepared),
                    "end each in it: COMMIT PREPARED or ROLLBACK PREPARED."));
        }
        List<String> slots = admin.list(
                "SELECT slot_name::text FROM pg_catalog.pg_replication_slots WHERE database = ? ORDER BY 1",
                row -> row.getString(1),
                location.database());
        if (!slots.isEmpty()) {
            plan.finding(new Finding(
                    job.database(),
                    "has replication slots, which stay with the old database and hold back its log: "
                            + PostgresSource.some(slots)));
        }
    }

    private void steps(RestorePlan.Builder plan, Chosen chosen, boolean replaces) throws SQLException {
        boolean rows = job.choice().contents() == Contents.ALL;
        plan.step("Database '" + location.database() + "' is built on server " + location.server()
                + " under another name, which begins with '"
                + DatabaseNames.beside(location.database(), "_holdfast_") + "'.");
        plan.step("pg_restore makes its definitions"
                + (rows
                        ? "; " + chosen.tables().size() + " tables with "
                                + chosen.tables().stream()
                                        .mapToLong(StoredDatabase.StoredTable::rows)
                                        .sum()
                                + " rows are filled by up to " + job.connections() + " connections, "
                                + chosen.sequences().size() + " sequences are set, "
                                + chosen.largeObjects() + " large objects are filled."
                        : "; no rows are restored."));
        if (rows && compares(replaces)) {
            plan.step("All rows, sequences and large objects are read again and compared with the snapshot.");
        }
        plan.step(
                replaces
                        ? "In one transaction the old database steps aside and the new one takes the name."
                        : "It gets its name.");
    }

    private AlreadyExists exists(String contents) {
        return new AlreadyExists(
                ErrorCode.DATABASE_EXISTS,
                job.database() + " exists already on server " + location.server()
                        + (contents.isEmpty() ? "" : " (it has " + contents + ")"),
                "restore under another name, or allow it to be replaced with --overwrite.");
    }

    private String contents() throws SQLException {
        try (Session session = Session.open(location)) {
            int tables = Catalog.tables(session).size();
            return (tables == 0 ? "no table" : tables == 1 ? "1 table" : tables + " tables") + ", "
                    + session.text("SELECT pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(current_database()))");
        } catch (HoldfastException e) {
            return "it cannot be looked into";
        }
    }

    private boolean compares(boolean replaces) {
        return job.choice().contents() == Contents.ALL && job.choice().compare().orElse(replaces);
    }

    private SchemaArchive archive() throws Exception {
        return SchemaArchive.of(job.stored().part(), captured.encoding(), job.scratch());
    }

    private Chosen chosen(Session admin, SchemaArchive archive) throws Exception {
        if (!job.choice().isSelective()) {
            return Chosen.all(job.stored(), job.choice().contents());
        }
        Set<String> offered = Set.copyOf(
                admin.list("SELECT name::text FROM pg_catalog.pg_available_extensions", row -> row.getString(1)));
        return SchemaSelection.of(job.stored(), job.choice(), archive, new Home.NewDatabase(), offered);
    }

    private RoleUse use(SchemaArchive archive, Chosen chosen) throws Exception {
        return RoleUse.of(archive, chosen.definitions(), captured, job.choice().ownership());
    }

    private boolean wants(RoleUse use, Role role) {
        return use.wants(role, !job.choice().isSelective());
    }

    // ---- the restore

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
                    RestoreFailures.of(e, "restoring " + job.database(), location, job.scratch()),
                    "the unfinished database '" + left + "' could not be removed",
                    "drop it when the server is there: DROP DATABASE " + Sql.name(left) + ".");
        }
    }

    private RestoreReport restore(Progress progress) throws Exception {
        try (SchemaArchive archive = archive();
                Session admin = NewDatabase.administer(location)) {
            boolean replaces = DatabaseNames.exists(admin, location.database());
            if (replaces && !job.overwrite()) {
                throw exists("");
            }
            Chosen chosen = chosen(admin, archive);
            findings.addAll(chosen.leftOut());
            progress.expect(chosen.entries() - chosen.documents(), chosen.bytes(job.stored()));
            NewDatabase database = new NewDatabase(location, captured, findings::add);
            RoleRestore roleRestore = new RoleRestore(admin, findings::add);
            Filling filling = new Filling(
                    job.stored().part(),
                    captured.encoding(),
                    database.location(),
                    name -> name,
                    progress,
                    job.pieceBytes());
            boolean built = false;
            try {
                RoleUse use = use(archive, chosen);
                roleRestore.restore(job.stored().roles(), role -> wants(use, role));
                database.create(admin);
                RoleChanges changes = new RoleChanges(
                        job.choice().ownership(), location.user(), RoleChanges.Server.of(admin, Set.of()));
                build(admin, database, archive, chosen, filling, changes, heartbeat(admin, progress));
                if (compares(replaces)) {
                    compare(admin, database, chosen, progress);
                }
                // last, because a limit of connections is among them
                database.applyProperties(admin, changes);
                changes.report(findings::add, job.stored()::tablespaceCommands);
                built = true;
            } finally {
                if (!built) {
                    undo(database, roleRestore);
                }
            }
            swap(admin, database, replaces);
            reportLeftOver(admin);
            if (filling.largeObjectsMade() > 0) {
                findings.add(new Finding(
                        "large objects",
                        filling.largeObjectsMade() + " were made anew and belong to '" + location.user()
                                + "', without rights and comments: the pg_dump of the capture does not keep these"
                                + " with the schema"));
            }
            return new RestoreReport(filling.entries() + chosen.documents(), filling.bytes(), findings, notes);
        }
    }

    private void build(
            Session admin,
            NewDatabase database,
            SchemaArchive archive,
            Chosen chosen,
            Filling filling,
            RoleChanges changes,
            Runnable heartbeat)
            throws Exception {
        database.applyEarlySettings(admin);
        SchemaRestore schema = new SchemaRestore(
                job.tools().restore(admin.serverMajor(), captured.dumpMajor()),
                admin.serverMajor(),
                database.location(),
                findings::add,
                heartbeat);
        try (SchemaArchive edited =
                        archive.edited(item -> chosen.definitions().test(item) ? changes.edit(item) : null);
                Session session = Session.open(database.location())) {
            // opened before event triggers exist, used after
            removeDefaults(session);
            schema.run(edited, "pre-data", 1);
            filling.fill(
                    chosen.tables(),
                    chosen.largeObjects() > 0,
                    job.connections(),
                    RowOrder.whole(job.choice(), archive),
                    heartbeat);
            filling.set(session, chosen.sequences());
            schema.run(edited, "post-data", job.connections());
            analyze(session, heartbeat);
        }
    }

    /** What a new database has and the captured one had not. */
    private void removeDefaults(Session session) throws SQLException {
        if (!captured.schemas().contains("public")) {
            session.run("DROP SCHEMA IF EXISTS public");
        }
        if (!captured.extensions().containsKey("plpgsql")) {
            session.run("DROP EXTENSION IF EXISTS plpgsql");
        }
    }

    private void analyze(Session session, Runnable heartbeat) throws Exception {
        try (Workers workers = new Workers()) {
            workers.start("analyze", () -> {
                workers.whenFailed(session::abort);
                for (String statement : Catalog.analyze(session)) {
                    session.run(statement);
                }
            });
            workers.join(heartbeat);
        } catch (SQLException e) {
            if (SqlFailures.isLost(e)) {
                throw e;
            }
            findings.add(new Finding(job.database(), "has no statistics yet, run ANALYZE: " + SqlFailures.said(e)));
        }
    }

    /** Reads everything again, before anybody gets to see it. */
    private void compare(Session admin, NewDatabase database, Chosen chosen, Progress progress) throws Exception {
        try {
            noteCompared(
                    job.choice().isSelective()
                            ? compareSelection(admin, database, chosen, progress)
                            : compareAll(database, progress));
        } catch (AccessDenied e) {
            if (job.choice().compare().isPresent()) {
                throw e;
            }
            findings.add(notCompared(e));
        }
    }

    /** Whoever may write for others may not always read for them. */
    static Finding notCompared(AccessDenied e) {
        return new Finding(
                "comparison",
                "was not possible: " + e.getMessage() + "; rows were counted and hashed when they were sent, and the"
                        + " server took as many");
    }

    private long compareSelection(Session admin, NewDatabase database, Chosen chosen, Progress progress)
            throws Exception {
        progress.expect(chosen.entries() - chosen.documents(), chosen.bytes(job.stored()));
        RowCheck check = new RowCheck(captured.encoding(), name -> name, progress);
        check.tables(database.location(), chosen.tables(), job.connections(), heartbeat(admin, progress));
        try (Session session = Session.open(database.location())) {
            check.sequences(session, chosen.sequences());
        }
        return (long) chosen.tables().size() + chosen.sequences().size();
    }

    private long compareAll(NewDatabase database, Progress progress) {
        List<String> differences = Collections.synchronizedList(new ArrayList<>());
        long compared;
        try (FrozenDatabase restored =
                FrozenDatabase.freeze(database.location(), captured.selected(), PostgresSource.LOCK_WAIT)) {
            compared = new Comparison(
                            restored,
                            job.stored().part(),
                            (subject, what) -> differences.add(subject + ": " + what),
                            progress,
                            job.connections(),
                            job.scratch(),
                            job.tools())
                    .runOnContents();
        }
        if (!differences.isEmpty()) {
            throw new Failed(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    "what was restored is not what was captured: "
                            + String.join("; ", differences.subList(0, Math.min(SHOWN_DIFFERENCES, differences.size())))
                            + (differences.size() > SHOWN_DIFFERENCES
                                    ? " and " + (differences.size() - SHOWN_DIFFERENCES) + " more differences"
                                    : ""),
                    "what was there before is untouched; see what in the database changes rows by itself.");
        }
        return compared;
    }

    private void noteCompared(long compared) {
        notes.add("Read again and compared before it got its name: " + compared
                + " tables, sequences and large objects are equal to the snapshot.");
    }

    /** What takes long and tells nothing goes on as long as the server answers. */
    private Runnable heartbeat(Session admin, Progress progress) {
        return () -> {
            verifyAnswering(admin);
            progress.advance(0, 0);
        };
    }

    private void verifyAnswering(Session admin) {
        try {
            admin.ping();
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "restoring " + job.database(), location);
        }
    }

    /** What is complete is not thrown away because it could not get its name. */
    private void swap(Session admin, NewDatabase database, boolean replaces) {
        DatabaseSwap swap = new DatabaseSwap(
                location, database.name(), replaces, job.choice().keepReplaced(), findings::add);
        try {
            Optional<String> kept = swap.run(admin);
            kept.ifPresent(this::noteKept);
        } catch (SQLException | InterruptedException | HoldfastException e) {
            throw RestoreFailures.leaving(
                    RestoreFailures.of(e, "giving " + job.database() + " its name", location, job.scratch()),
                    "what was restored is complete and kept as database '" + database.name()
                            + "'; what was there before is untouched",
                    "when nobody is connected to either: ALTER DATABASE " + Sql.name(location.database())
                            + " RENAME TO another name; ALTER DATABASE " + Sql.name(database.name()) + " RENAME TO "
                            + Sql.name(location.database()) + ".");
        }
    }

    private void noteKept(String kept) {
        String name = Sql.name(location.database());
        notes.add("What was replaced is kept as database '" + kept + "' until you drop it: DROP DATABASE "
                + Sql.name(kept) + ";");
        notes.add("To go back to it, connected to another database: ALTER DATABASE " + name + " RENAME TO "
                + Sql.name(DatabaseNames.beside(location.database(), "_restored")) + "; ALTER DATABASE "
                + Sql.name(kept) + " RENAME TO " + name + ";");
    }

    private void reportLeftOver(Session admin) {
        try {
            for (String left : DatabaseNames.leftOver(admin, location.database())) {
                findings.add(new Finding(
                        "database '" + left + "'",
                        "was left by a restore that could not end; drop it when it is not needed"));
            }
        } catch (SQLException e) {
            findings.add(new Finding(
                    "server " + location.server(),
                    "could not be looked through for leftovers: " + SqlFailures.said(e)));
        }
    }

    /** Leaves nothing behind, if the server lets us. */
    private void undo(NewDatabase database, RoleRestore roleRestore) {
        boolean interrupted = Thread.interrupted();
        try (Session session = NewDatabase.administer(location)) {
            database.drop(session);
            roleRestore.undo(session);
        } catch (SQLException | HoldfastException e) {
            leftBehind = database.name();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
