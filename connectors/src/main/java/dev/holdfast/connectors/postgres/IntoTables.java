package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.connectors.postgres.Keys.TableName;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredSequence;
import dev.holdfast.connectors.postgres.StoredDatabase.StoredTable;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Rows alone, into tables that are there and have the same columns: in one transaction on one connection, so that all of them
 * are there or none. The server checks every foreign key; triggers of users do not run.
 */
final class IntoTables implements RestoreWay {
    private final RestoreJob job;
    private final PostgresLocation location;
    private final List<String> notes = new ArrayList<>();

    IntoTables(RestoreJob job) {
        this.job = job;
        this.location = job.location();
    }

    // ---- the plan

    @Override
    public void plan(Session admin, RestorePlan.Builder plan) throws Exception {
        ServerLook look = new ServerLook(job, admin, plan);
        look.versions();
        requireDatabase(admin);
        Chosen chosen = chosen();
        chosen.leftOut().forEach(plan::finding);
        look.amounts(chosen, compares());
        try (Session live = Session.open(location)) {
            look.attempt(() -> requireTables(live, chosen));
            if (!plan.isFeasible()) {
                return; // what follows would ask about tables that are not there
            }
            look.attempt(() -> requireOwnership(live, chosen));
            List<String> filled = filled(live, chosen);
            look.attempt(() -> requireEmpty(filled));
            if (job.choice().truncate()) {
                look.attempt(() -> requireUnreferenced(live, chosen));
                if (!filled.isEmpty()) {
                    plan.loss("All rows of these tables of " + job.database() + " on server " + location.server()
                            + " will be replaced: " + PostgresSource.some(filled) + ".");
                }
            }
            steps(live, chosen, plan);
        }
    }

    private void requireDatabase(Session admin) throws SQLException {
        if (!DatabaseNames.exists(admin, location.database())) {
            throw new Missing(
                    ErrorCode.DATABASE_MISSING,
                    job.database() + " does not exist on server " + location.server(),
                    "rows alone go into tables that are there; leave out --data-only to make it.");
        }
    }

    private void steps(Session live, Chosen chosen, RestorePlan.Builder plan) throws SQLException {
        ForeignKeys keys = ForeignKeys.among(live, names(chosen));
        plan.step("In one transaction: " + chosen.tables().size() + " tables of " + job.database() + " are "
                + (job.choice().truncate() ? "emptied and filled with " : "filled with ")
                + chosen.tables().stream().mapToLong(StoredTable::rows).sum() + " rows, one after the other, and "
                + chosen.sequences().size() + " sequences are set"
                + (compares() ? "; the rows are read again and compared with the snapshot." : "."));
        plan.step("Others can read these tables meanwhile only if they are not emptied, and not write them.");
        plan.step("Triggers do not run; foreign keys are checked"
                + (keys.deferred().isEmpty()
                        ? "."
                        : ", at the end where they go in circles: "
                                + PostgresSource.some(keys.deferred().stream()
                                        .map(ForeignKeys.Key::shown)
                                        .toList())
                                + "."));
    }

    private boolean compares() {
        return job.choice().compare().orElse(true);
    }

    private Chosen chosen() throws Exception {
        if (!job.choice().isSelective()) {
            return Chosen.rows(job.stored());
        }
        try (SchemaArchive archive =
                SchemaArchive.of(job.stored().part(), job.stored().properties().encoding(), job.scratch())) {
            return SchemaSelection.rowsOf(job.stored(), job.choice(), archive);
        }
    }

    /** The tables that take rows; those that route them to partitions stand for these. */
    private static Set<TableName> names(Chosen chosen) {
        return chosen.tables().stream().map(StoredTable::loaded).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void requireTables(Session live, Chosen chosen) throws SQLException {
        Map<TableName, Table> there = new HashMap<>();
        for (Table table : Catalog.tables(live)) {
            there.put(new TableName(table.schema(), table.name()), table);
        }
        List<String> wrong = new ArrayList<>();
        for (StoredTable table : chosen.tables()) {
            Table twin = there.get(table.loaded());
            if (twin == null) {
                wrong.add("table " + table.loaded().shown() + " is not there");
            } else if (!Set.copyOf(twin.columns()).equals(Set.copyOf(table.columns()))) {
                wrong.add("table " + table.loaded().shown() + " has the columns " + twin.columns()
                        + ", the snapshot has " + table.columns());
            }
        }
        for (StoredSequence sequence : chosen.sequences()) {
            if (!live.truth(
                    "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?) AND relkind = 'S')",
                    sequence.name().quoted())) {
                wrong.add("sequence " + sequence.name().shown() + " is not there");
            }
        }
        if (!wrong.isEmpty()) {
            throw new Missing(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    "the rows do not fit into " + job.database() + ": "
                            + PostgresSource.some(List.copyOf(new LinkedHashSet<>(wrong))),
                    "restore definitions and rows: leave out --data-only.");
        }
    }

    private void requireOwnership(Session live, Chosen chosen) throws SQLException {
        Set<String> wanted = new TreeSet<>();
        names(chosen).forEach(name -> wanted.add(name.quoted()));
        chosen.sequences().forEach(sequence -> wanted.add(sequence.name().quoted()));
        List<String> others = live.list(
                "SELECT oid::pg_catalog.regclass::text FROM pg_catalog.pg_class WHERE oid = ANY (?::text[]::pg_catalog.regclass[])"
                        + " AND NOT pg_catalog.pg_has_role(relowner, 'USAGE') ORDER BY 1",
                row -> row.getString(1),
                (Object) wanted.toArray(String[]::new));
        if (!others.isEmpty()) {
            throw new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "user '" + location.user() + "' does not own " + PostgresSource.some(others),
                    "restore as their owner or as a superuser.");
        }
    }

    /** Which of the tables have rows. */
    private List<String> filled(Session live, Chosen chosen) throws SQLException {
        List<String> filled = new ArrayList<>();
        Set<TableName> routing = new HashSet<>();
        chosen.tables().stream()
                .filter(table -> !table.name().equals(table.loaded()))
                .forEach(table -> routing.add(table.loaded()));
        for (TableName name : names(chosen)) {
            String only = routing.contains(name) ? "" : "ONLY ";
            if (live.truth("SELECT EXISTS (SELECT FROM " + only + name.quoted() + ")")) {
                filled.add(name.shown());
            }
        }
        return filled;
    }

    private void requireEmpty(List<String> filled) {
        if (!filled.isEmpty() && !job.choice().truncate()) {
            throw new AlreadyExists(
                    ErrorCode.DATABASE_EXISTS,
                    "tables of " + job.database() + " have rows already: " + PostgresSource.some(filled),
                    "empty them first, or allow it with --truncate.");
        }
    }

    /** Tables that refer to those that are emptied would refer to nothing. */
    private void requireUnreferenced(Session live, Chosen chosen) throws SQLException {
        List<String> referring = ForeignKeys.from(live, emptied(live, chosen));
        if (!referring.isEmpty()) {
            throw new Failed(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    "tables cannot be emptied, because others refer to them: " + PostgresSource.some(referring),
                    "select these too, or drop their foreign keys first.");
        }
    }

    /** A partitioned table is emptied by its name if all its partitions are: others may refer to it. */
    private static Set<TableName> emptied(Session live, Chosen chosen) throws SQLException {
        Set<TableName> emptied = names(chosen);
        emptied.addAll(ForeignKeys.covered(live, emptied));
        return emptied;
    }

    // ---- the restore

    @Override
    public RestoreReport run(Progress progress) throws Exception {
        Chosen chosen = chosen();
        progress.expect(chosen.entries(), chosen.bytes(job.stored()));
        Filling filling = new Filling(
                job.stored().part(),
                job.stored().properties().encoding(),
                location,
                name -> name,
                progress,
                job.pieceBytes());
        try (Session live = Session.open(location)) {
            requireTables(live, chosen);
            live.run("BEGIN");
            try {
                lock(live, chosen);
                requireTables(live, chosen);
                fill(live, chosen, filling, progress);
            } catch (Exception e) {
                throw undone(live, e);
            }
            commit(live);
            List<Finding> findings = new ArrayList<>(chosen.leftOut());
            analyze(live, chosen, findings);
            return new RestoreReport(filling.entries(), filling.bytes(), findings, notes);
        }
    }

    private void lock(Session live, Chosen chosen) throws SQLException {
        live.run("SET LOCAL lock_timeout = " + job.lockWait().toMillis());
        String mode = job.choice().truncate() ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE";
        try {
            live.run("LOCK TABLE "
                    + names(chosen).stream().map(TableName::quoted).collect(Collectors.joining(", ")) + " IN " + mode
                    + " MODE");
            live.run("SET LOCAL lock_timeout = 0");
        } catch (SQLException e) {
            if (!SqlFailures.state(e).equals("55P03")) {
                throw e;
            }
            throw inUse(e);
        }
    }

    private Busy inUse(SQLException cause) throws SQLException {
        try (Session another = Session.open(location)) {
            return new Busy(
                    ErrorCode.TABLE_CHANGED,
                    "tables of " + job.database() + " are in use by others, waited "
                            + job.lockWait().toMillis() + " ms: " + SqlFailures.said(cause) + "; connected are "
                            + Sessions.in(another, location.database()).shown(),
                    "nothing was changed; restore when they are idle.",
                    cause);
        }
    }

    private void fill(Session live, Chosen chosen, Filling filling, Progress progress) throws Exception {
        List<String> filled = filled(live, chosen);
        requireEmpty(filled);
        if (job.choice().truncate()) {
            requireUnreferenced(live, chosen);
            live.run("TRUNCATE TABLE "
                    + emptied(live, chosen).stream().map(TableName::quoted).collect(Collectors.joining(", ")));
        }
        ForeignKeys keys = ForeignKeys.among(live, names(chosen));
        Triggers triggers = Triggers.of(live, names(chosen));
        triggers.disable(live);
        keys.defer(live);
        RowTransfer rows = new SessionRows(live);
        for (StoredTable table : keys.ordered(chosen.tables())) {
            filling.fill(rows, table);
        }
        keys.check(live);
        restart(live, chosen);
        filling.set(live, chosen.sequences());
        triggers.enable(live);
        if (compares()) {
            compare(live, chosen, progress);
        }
    }

    /** A sequence that was begun anew in a transaction goes back with it, whatever was done to it after that. */
    private static void restart(Session live, Chosen chosen) throws SQLException {
        for (StoredSequence sequence : chosen.sequences()) {
            live.run("ALTER SEQUENCE " + sequence.name().quoted() + " RESTART");
        }
    }

    private void compare(Session live, Chosen chosen, Progress progress) throws SQLException {
        progress.expect(chosen.entries(), chosen.bytes(job.stored()));
        RowCheck check = new RowCheck(job.stored().properties().encoding(), name -> name, progress);
        check.tables(new SessionRows(live), chosen.tables());
        check.sequences(live, chosen.sequences());
        notes.add("Read again and compared before it was committed: "
                + (chosen.tables().size() + chosen.sequences().size())
                + " tables and sequences are equal to the snapshot.");
    }

    private HoldfastException undone(Session live, Exception e) {
        HoldfastException failure =
                RestoreFailures.of(e, "restoring rows into " + job.database(), location, job.scratch());
        try {
            live.run("ROLLBACK");
        } catch (SQLException again) {
            failure.addSuppressed(again); // the server has done it by itself
        }
        return failure;
    }

    private void commit(Session live) throws SQLException {
        try {
            live.run("COMMIT");
        } catch (SQLException e) {
            if (!SqlFailures.isLost(e)) {
                throw e;
            }
            throw RestoreFailures.leaving(
                    SqlFailures.restoring(e, "committing the rows of " + job.database(), location),
                    "either all rows are there or none",
                    "compare to see which: holdfast compare.");
        }
    }

    private static void analyze(Session live, Chosen chosen, List<Finding> findings) {
        for (StoredTable table : chosen.tables()) {
            try {
                live.run("ANALYZE " + table.loaded().quoted());
            } catch (SQLException e) {
                findings.add(new Finding(
                        "table " + table.loaded().shown(),
                        "has no statistics yet, run ANALYZE: " + SqlFailures.said(e)));
                return;
            }
        }
    }

    /** Triggers of users, which would change rows or do more than that. */
    private record Triggers(List<Trigger> triggers) {
        private record Trigger(String table, String name, String enabled) {}

        static Triggers of(Session live, Set<TableName> tables) throws SQLException {
            return new Triggers(live.list(
                    "SELECT n.nspname::text, c.relname::text, t.tgname::text, t.tgenabled::text FROM pg_catalog.pg_trigger t"
                            + " JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid"
                            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                            + " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
                            + " AND c.oid = ANY (?::text[]::pg_catalog.regclass[]) ORDER BY 1, 2, 3",
                    row -> new Trigger(
                            Sql.name(row.getString(1), row.getString(2)), row.getString(3), row.getString(4)),
                    (Object) tables.stream().map(TableName::quoted).toArray(String[]::new)));
        }

        void disable(Session live) throws SQLException {
            for (Trigger trigger : triggers) {
                live.run("ALTER TABLE ONLY " + trigger.table() + " DISABLE TRIGGER " + Sql.name(trigger.name()));
            }
        }

        /** As they were. */
        void enable(Session live) throws SQLException {
            for (Trigger trigger : triggers) {
                live.run("ALTER TABLE ONLY " + trigger.table() + " ENABLE "
                        + (trigger.enabled().equals("A") ? "ALWAYS " : "") + "TRIGGER " + Sql.name(trigger.name()));
            }
        }
    }
}
