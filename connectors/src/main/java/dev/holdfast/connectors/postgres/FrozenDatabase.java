package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Sequence;
import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One moment of a database: every table locked against rewriting, and after that a snapshot exported, in a transaction that
 * stays open until {@link #close}. Every table the snapshot shows was locked before the snapshot was taken, so no table can
 * look emptied. Other sessions join with {@link #join}.
 */
final class FrozenDatabase implements AutoCloseable {
    private static final int TRIES = 10;
    private static final int TABLES_PER_LOCK = 200;

    private final Session leader;
    private final PostgresLocation location;
    private final Duration lockWait;
    private final String snapshot;
    private final String time;
    private final Scope scope;
    private final Collateral collateral;
    private final List<Sequence> sequences;
    private final Map<Long, Long> sizes;
    private final Map<Long, Long> pages;
    private final long lockRoom;

    private FrozenDatabase(
            Session leader,
            PostgresLocation location,
            Duration lockWait,
            String snapshot,
            String time,
            Scope scope,
            Collateral collateral,
            List<Sequence> sequences,
            Map<Long, Long> sizes,
            Map<Long, Long> pages,
            long lockRoom) {
        this.leader = leader;
        this.location = location;
        this.lockWait = lockWait;
        this.snapshot = snapshot;
        this.time = time;
        this.scope = scope;
        this.collateral = collateral;
        this.sequences = sequences;
        this.sizes = sizes;
        this.pages = pages;
        this.lockRoom = lockRoom;
    }

    /**
     * @param selection which tables to lock and to see
     * @param lockWait how long to wait for somebody who is changing a table
     * @throws HoldfastException if a lock is not to be had in time (naming who has it), or tables come and go too fast
     */
    static FrozenDatabase freeze(PostgresLocation location, Selection selection, Duration lockWait) {
        Session leader = Session.open(location);
        try {
            return new Freezing(leader, selection, lockWait).freeze();
        } catch (SQLException e) {
            leader.close();
            throw SqlFailures.reading(e, "locking the tables of database '" + location.database() + "'", location);
        } catch (RuntimeException e) {
            leader.close();
            throw e;
        }
    }

    /** One attempt after the other, until the catalog stood still. */
    private static final class Freezing {
        private final Session leader;
        private final Selection selection;
        private final Duration lockWait;

        Freezing(Session leader, Selection selection, Duration lockWait) {
            this.leader = leader;
            this.selection = selection;
            this.lockWait = lockWait;
        }

        FrozenDatabase freeze() throws SQLException {
            Set<String> unsettled = Set.of();
            for (int attempt = 0; attempt < TRIES; attempt++) {
                List<Table> seen = Scope.of(leader, selection).tables();
                leader.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                if (!lock(seen)) {
                    leader.run("ROLLBACK");
                    continue;
                }
                String snapshot = leader.text("SELECT pg_catalog.pg_export_snapshot()");
                Scope shown = Scope.of(leader, selection);
                unsettled = notLocked(shown.tables(), seen);
                if (unsettled.isEmpty()) {
                    return frozen(snapshot, shown);
                }
                leader.run("ROLLBACK");
            }
            throw new Failed(
                    ErrorCode.TABLE_CHANGED,
                    "tables of database '" + leader.location().database() + "' come and go too fast to be locked"
                            + (unsettled.isEmpty() ? "" : ", for example " + String.join(", ", firstOf(unsettled))),
                    "run the backup when no tables are created, renamed or dropped.");
        }

        private FrozenDatabase frozen(String snapshot, Scope shown) throws SQLException {
            return new FrozenDatabase(
                    leader,
                    leader.location(),
                    lockWait,
                    snapshot,
                    leader.text("SELECT pg_catalog.to_char(pg_catalog.clock_timestamp(),"
                            + " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"),
                    shown,
                    Collateral.of(leader, shown),
                    Catalog.sequences(leader, shown.outRelations()),
                    Catalog.sizes(leader, shown.tables()),
                    Catalog.heapPages(leader, shown.tables()),
                    Catalog.lockRoom(leader));
        }

        /** False if a table vanished meanwhile. Takes no snapshot. */
        private boolean lock(List<Table> seen) throws SQLException {
            leader.run("SET lock_timeout = " + lockWait.toMillis());
            try {
                for (int from = 0; from < seen.size(); from += TABLES_PER_LOCK) {
                    leader.run("LOCK TABLE "
                            + seen.subList(from, Math.min(seen.size(), from + TABLES_PER_LOCK)).stream()
                                    .map(table -> "ONLY " + table.quoted())
                                    .collect(Collectors.joining(", "))
                            + " IN ACCESS SHARE MODE");
                }
                leader.run("SET lock_timeout = 0");
                return true;
            } catch (SQLException e) {
                String state = SqlFailures.state(e);
                if (state.equals("42P01") || state.equals("3F000")) {
                    return false;
                }
                if (state.equals("55P03")) {
                    throw Blockers.busy(leader.location(), "a table", seen, lockWait, e);
                }
                throw e;
            }
        }

        private static Set<String> notLocked(List<Table> shown, List<Table> seen) {
            Map<Long, String> locked = new HashMap<>();
            seen.forEach(table -> locked.put(table.oid(), table.quoted()));
            Set<String> missing = new HashSet<>();
            for (Table table : shown) {
                if (!table.quoted().equals(locked.get(table.oid()))) {
                    missing.add(table.shown());
                }
            }
            return missing;
        }

        private static List<String> firstOf(Set<String> names) {
            return names.stream().sorted().limit(5).toList();
        }
    }

    /** What pg_dump is told. */
    String snapshot() {
        return snapshot;
    }

    /** The server's time when the snapshot was taken, in UTC. */
    String time() {
        return time;
    }

    /** Every selected table the snapshot shows, partitioned ones too. */
    List<Table> tables() {
        return scope.tables();
    }

    Scope scope() {
        return scope;
    }

    /** What goes with that which the selection leaves out. */
    Collateral collateral() {
        return collateral;
    }

    List<Sequence> sequences() {
        return sequences;
    }

    /** Bytes a table takes at the server. */
    long size(Table table) {
        return sizes.getOrDefault(table.oid(), 0L);
    }

    /** Pages of a table that is a heap, without what lies out of line; 0 for tables of another kind. */
    long pages(Table table) {
        return pages.getOrDefault(table.oid(), 0L);
    }

    /** The database's encoding by its PostgreSQL name. */
    String encoding() {
        return leader.encoding();
    }

    Duration lockWait() {
        return lockWait;
    }

    PostgresLocation location() {
        return location;
    }

    /** The session that holds locks and snapshot; for the thread that froze, and only while no capture runs. */
    Session leader() {
        return leader;
    }

    /** A further session that sees the same moment. */
    Session join(Duration stall) {
        Session session = Session.open(location, stall);
        try {
            session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            session.run("SET TRANSACTION SNAPSHOT " + Sql.literal(snapshot));
            return session;
        } catch (SQLException e) {
            session.close();
            throw SqlFailures.reading(e, "joining the snapshot of database '" + location.database() + "'", location);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * A connection that reads rows of the same moment. It locks every table now, while hardly anybody can have begun to wait
     * for our own locks, if the server has room for as many locks.
     *
     * @param readers how many such connections there will be
     */
    RowConnection joinForRows(Duration stall, int readers) throws InterruptedException {
        RowConnection rows = RowConnection.open(location, stall);
        try {
            rows.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            rows.run("SET TRANSACTION SNAPSHOT " + Sql.literal(snapshot));
            List<Table> all = scope.tables().stream().filter(Table::hasRows).toList();
            // the leader and pg_dump lock them too
            if ((long) all.size() * (readers + 2) <= lockRoom) {
                for (int from = 0; from < all.size(); from += TABLES_PER_LOCK) {
                    lock(rows, all.subList(from, Math.min(all.size(), from + TABLES_PER_LOCK)));
                }
            }
            return rows;
        } catch (SQLException e) {
            rows.close();
            throw SqlFailures.reading(e, "joining the snapshot of database '" + location.database() + "'", location);
        } catch (RuntimeException | InterruptedException e) {
            rows.close();
            throw e;
        }
    }

    /** Locks a table in a connection that joined; costs little if it has the lock already. */
    void lock(RowConnection rows, Table table) throws SQLException, InterruptedException {
        lock(rows, List.of(table));
    }

    /**
     * The leader has these locks. Somebody who waits for the leader to let go would keep us waiting too, and the server
     * cannot see that deadlock: so this waits for a while, in the queue, and then says who it is.
     */
    private void lock(RowConnection rows, List<Table> wanted) throws SQLException, InterruptedException {
        String statement = wanted.stream()
                .map(table -> "ONLY " + table.quoted())
                .collect(Collectors.joining(", ", "LOCK TABLE ", " IN ACCESS SHARE MODE"));
        try {
            rows.run("SAVEPOINT before_lock; " + statement + " NOWAIT; RELEASE SAVEPOINT before_lock");
            return;
        } catch (SQLException e) {
            requireHeldByOthers(e);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            rows.run("ROLLBACK TO SAVEPOINT before_lock; SET LOCAL lock_timeout TO " + lockWait.toMillis() + "; "
                    + statement + "; SET LOCAL lock_timeout TO 0");
        } catch (SQLException e) {
            requireHeldByOthers(e);
            throw Blockers.busy(
                    location,
                    wanted.size() == 1 ? "table " + wanted.getFirst().shown() : "a table",
                    wanted,
                    lockWait,
                    e);
        }
    }

    private static void requireHeldByOthers(SQLException e) throws SQLException {
        if (!SqlFailures.state(e).equals("55P03")) {
            throw e;
        }
    }

    /** Who has or waits for a lock that others wait for. */
    String blockers() {
        return Blockers.named(location, scope.tables());
    }

    /**
     * Makes sure that locks and snapshot were held until now.
     *
     * @throws Unavailable if the session is gone: what was read meanwhile may be from a later moment
     */
    void verifyHeld() {
        try {
            leader.ping();
        } catch (SQLException e) {
            throw new Unavailable(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "the session that holds the snapshot of database '" + location.database() + "' is lost: "
                            + SqlFailures.said(e),
                    "nothing was kept; run the backup again.",
                    e);
        }
    }

    @Override
    public void close() {
        leader.close();
    }

    /** Who keeps us from a table. */
    private static final class Blockers {
        private Blockers() {}

        static Busy busy(
                PostgresLocation location, String what, List<Table> tables, Duration waited, SQLException cause) {
            return new Busy(
                    ErrorCode.TABLE_CHANGED,
                    what + " of database '" + location.database() + "' is being changed by others, waited "
                            + waited.toMillis() + " ms: " + named(location, tables),
                    "run the backup again when that is done, or end it: SELECT pg_terminate_backend(pid).",
                    cause);
        }

        private static String named(PostgresLocation location, List<Table> tables) {
            Long[] oids = tables.stream().map(Table::oid).toArray(Long[]::new);
            try (Session session = Session.open(location)) {
                List<String> blockers = session.list("""
                        SELECT 'process ' || l.pid || CASE WHEN l.granted THEN ' holds ' ELSE ' waits for ' END
                          || n.nspname || '.' || c.relname || coalesce(' (user ' || a.usename || ': '
                          || pg_catalog.left(pg_catalog.regexp_replace(a.query, '\\s+', ' ', 'g'), 80) || ')', '')
                        FROM pg_catalog.pg_locks l
                        JOIN pg_catalog.pg_class c ON c.oid = l.relation
                        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
                        WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
                          AND l.database = (
                            SELECT d.oid FROM pg_catalog.pg_database d
                            WHERE d.datname = pg_catalog.current_database())
                          AND l.relation = ANY (?::int8[]::oid[])
                        ORDER BY l.granted DESC, l.pid LIMIT 5""", row -> row.getString(1), (Object) oids);
                return blockers.isEmpty() ? "by whom is no longer to be seen" : String.join(", ", blockers);
            } catch (SQLException | HoldfastException e) {
                return "by whom cannot be seen (" + e.getMessage() + ")";
            }
        }
    }
}
