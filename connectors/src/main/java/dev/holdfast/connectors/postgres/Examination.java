package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ClientTools.Tool;
import dev.holdfast.connectors.postgres.wire.TlsMode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Diagnosis;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What may matter to a capture without keeping it from being done. Reads the catalogs, and a sample of rows that may be too
 * long; locks nothing that others would wait for. For one thread.
 */
final class Examination {
    private static final long LITTLE_SCRATCH_BYTES = 256L << 20;
    private static final long MUCH_LOG_BYTES = 1L << 30;

    private final Session session;
    private final PostgresLocation location;
    private final Preflight preflight;
    private final ClientTools tools;
    private final Path scratch;
    private final List<Diagnosis> found = new ArrayList<>();

    /**
     * @param preflight that looked before
     */
    Examination(Session session, Preflight preflight, ClientTools tools, Path scratch) {
        this.session = session;
        this.location = session.location();
        this.preflight = preflight;
        this.tools = tools;
        this.scratch = scratch;
    }

    List<Diagnosis> run() throws SQLException {
        protection();
        version();
        programs();
        needs();
        passwords();
        encoding();
        Optional<Scope> scope = preflight.selectedScope();
        if (scope.isPresent()) {
            missing(scope.get());
        }
        locks();
        transactions();
        slots();
        lockRoom();
        connectionRoom();
        standby();
        new LongRows(session, preflight.tables()).diagnose(found);
        room();
        return found;
    }

    private void ok(String subject, String what) {
        found.add(Diagnosis.ok(subject, what));
    }

    private void note(String subject, String what, String effect) {
        found.add(Diagnosis.note(subject, what, effect));
    }

    private void warn(String subject, String what, String effect, String advice) {
        found.add(Diagnosis.warning(subject, what, effect, advice));
    }

    private void protection() {
        location.passwordFileIgnored()
                .ifPresent(why -> warn(
                        "connection",
                        why,
                        "the connection works without it; when it does not, no password is found there",
                        "close the file to others."));
        TlsMode mode = location.sslMode();
        boolean near = location.tunnel().isPresent()
                || !(location.address() instanceof InetSocketAddress network)
                || (network.getAddress() != null && network.getAddress().isLoopbackAddress());
        if (near) {
            return;
        }
        if (mode == TlsMode.DISABLE) {
            warn(
                    "connection",
                    "is not encrypted",
                    "whoever is on the way can read all rows",
                    "turn ssl on at the server and use sslmode=verify-full.");
        } else if (mode == TlsMode.REQUIRE) {
            note(
                    "connection",
                    "is encrypted, but nobody checks to whom",
                    "somebody in between could pose as the server; sslmode=verify-full with sslrootcert prevents it");
        }
    }

    private void version() {
        if (session.serverMajor() > Session.NEWEST_TESTED_MAJOR) {
            warn(
                    "server",
                    "PostgreSQL " + session.serverVersion() + " is newer than " + Session.NEWEST_TESTED_MAJOR
                            + ", the newest that was tested",
                    "a backup is made, and has this as a finding",
                    "look for a newer version of holdfast.");
        }
    }

    private void programs() {
        List<Tool> dumps = tools.all("pg_dump");
        if (dumps.size() > 1) {
            note("programs", "installed are pg_dump " + shown(dumps), "the one of the server's version is preferred");
        }
        try {
            int made = tools.dump(session.serverMajor()).major();
            Tool restore = tools.restore(session.serverMajor(), made);
            ok("programs", "pg_restore " + restore.version() + " can restore here");
        } catch (HoldfastException e) {
            if (!dumps.isEmpty()) {
                warn("programs", e.getMessage(), "backups are made, but not restored from this machine", e.hint());
            }
        }
    }

    private static String shown(List<Tool> all) {
        return all.stream()
                .map(tool -> tool.version() + " (" + tool.path() + ")")
                .collect(Collectors.joining(", "));
    }

    private void needs() throws SQLException {
        List<String> needed = Catalog.extensions(session).entrySet().stream()
                .filter(extension -> !extension.getKey().equals("plpgsql"))
                .map(extension -> extension.getKey() + " " + extension.getValue())
                .toList();
        if (!needed.isEmpty()) {
            note(
                    "extensions",
                    "the database uses " + String.join(", ", needed),
                    "a server to restore to must offer them: install their packages there");
        }
    }

    private void passwords() throws SQLException {
        Roles roles = Roles.of(session, false);
        List<String> locked = roles.roles().stream()
                .filter(role -> role.login() && !roles.passwordsReadable())
                .map(Roles.Role::name)
                .toList();
        if (!locked.isEmpty()) {
            warn(
                    "roles",
                    "user '" + location.user() + "' may not read passwords (pg_authid) of "
                            + PostgresSource.some(locked),
                    "a backup is made, and has this as a finding; restored roles have no password",
                    "back up as a superuser, or set the passwords anew after a restore.");
        }
    }

    private void encoding() {
        if (session.encoding().equals("SQL_ASCII")) {
            warn(
                    "encoding",
                    "the database is in SQL_ASCII: its texts may be in any encoding",
                    "rows are kept byte by byte; a name that is not UTF-8 ends a backup",
                    "rename what has such a name.");
        } else {
            ok("encoding", session.encoding());
        }
    }

    /** What a capture makes findings of. */
    private void missing(Scope scope) throws SQLException {
        for (String pattern : scope.unmatched()) {
            warn(
                    "selection",
                    "nothing is called like " + pattern,
                    "a backup is made, and has this as a finding",
                    "look for a typing error.");
        }
        List<String> foreign = Catalog.foreignTables(session, scope.outRelations());
        if (!foreign.isEmpty()) {
            warn(
                    "foreign tables",
                    PostgresSource.some(foreign),
                    "their rows live on another server and are not in a backup; that is a finding of each",
                    "back up that server too.");
        }
        List<String> kept = Catalog.keptByExtensions(session, scope.unread());
        if (!kept.isEmpty()) {
            warn(
                    "extensions",
                    "keep rows in tables of their own: " + PostgresSource.some(kept),
                    "no dump has them, nor has a backup; that is a finding of each",
                    "back them up by other means if they are yours, or exclude the tables if not.");
        }
        List<String> absent = Catalog.absentOnStandby(session, scope.unread());
        if (!absent.isEmpty()) {
            warn(
                    "standby",
                    "it has no contents of what is unlogged: " + PostgresSource.some(absent),
                    "a backup has the definitions only; that is a finding of each",
                    "back up from the primary if they matter.");
        }
    }

    private void locks() throws SQLException {
        List<String> holders = session.list("""
                SELECT n.nspname || '.' || c.relname || ' is ' || CASE WHEN l.granted THEN 'locked' ELSE 'waited for' END
                  || coalesce(' by prepared transaction ' || pg_catalog.quote_literal(p.gid),
                       ' by process ' || l.pid || coalesce(' (user ' || a.usename || ', ' || a.state || ': '
                         || pg_catalog.left(pg_catalog.regexp_replace(a.query, '\\s+', ' ', 'g'), 80) || ')', ''), '')
                FROM pg_catalog.pg_locks l
                JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'S')
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_(toast|temp)'
                LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
                LEFT JOIN pg_catalog.pg_locks x ON l.pid IS NULL AND x.pid IS NULL AND x.locktype = 'transactionid'
                  AND x.virtualtransaction = l.virtualtransaction
                LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = x.transactionid
                WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
                  AND l.database = (
                    SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
                ORDER BY 1""", row -> row.getString(1));
        if (holders.isEmpty()) {
            ok("locks", "nobody is changing a table");
        } else {
            warn(
                    "locks",
                    PostgresSource.some(holders),
                    "a backup waits " + PostgresSource.LOCK_WAIT.toSeconds() + " s for that to end, and then fails",
                    "let it end; a prepared transaction ends by COMMIT PREPARED or ROLLBACK PREPARED.");
        }
    }

    private void transactions() throws SQLException {
        List<String> old = session.list("""
                SELECT 'process ' || pid || ' (user ' || usename || ', ' || state || ')'
                FROM pg_catalog.pg_stat_activity
                WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
                  AND xact_start < pg_catalog.now() - CASE WHEN state LIKE 'idle in transaction%'
                    THEN interval '5 minutes' ELSE interval '1 hour' END
                ORDER BY xact_start""", row -> row.getString(1));
        if (!old.isEmpty()) {
            note(
                    "transactions",
                    "are open for long: " + PostgresSource.some(old),
                    "a backup shows what was committed when it began, and waits for none of them unless it locks a table");
        }
        List<String> prepared = session.list(
                "SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database() ORDER BY 1",
                row -> row.getString(1));
        if (!prepared.isEmpty()) {
            note(
                    "transactions",
                    "are prepared for a commit in two phases: " + PostgresSource.some(prepared),
                    "what they did is not in a backup until they are committed");
        }
    }

    private void slots() throws SQLException {
        List<String> lagging = session.list("""
                SELECT slot_name || ' (' || pg_catalog.pg_size_pretty(kept) || ')' FROM (
                  SELECT slot_name::text, pg_catalog.pg_wal_lsn_diff(
                    CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                      ELSE pg_catalog.pg_current_wal_lsn() END, restart_lsn) AS kept
                  FROM pg_catalog.pg_replication_slots WHERE NOT active AND NOT temporary) slots
                WHERE kept > ? ORDER BY kept DESC""", row -> row.getString(1), MUCH_LOG_BYTES);
        if (!lagging.isEmpty()) {
            warn(
                    "replication slots",
                    "nobody reads, and the server keeps its log for: " + PostgresSource.some(lagging),
                    "its disk may fill up, and then it stops",
                    "let their reader come back, or drop them.");
        }
        long count = Long.parseLong(
                session.text("SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots WHERE NOT temporary"));
        if (count > 0) {
            note("replication slots", count + " exist", "they are not part of a backup");
        }
    }

    private void lockRoom() throws SQLException {
        long room = Catalog.lockRoom(session);
        long tables = preflight.tables().size();
        long wanted = 2 * tables + preflight.connectionsNeeded(); // the leader and pg_dump lock every table
        if (wanted > room * 4 / 5) {
            warn(
                    "locks",
                    "the server has room for about " + room + " locks, a backup takes " + wanted + " (two for each of "
                            + tables + " tables)",
                    "it may fail with 'out of shared memory' when others have locks too",
                    "raise max_locks_per_transaction, for example to twice its value, and restart the server.");
        }
    }

    private void connectionRoom() throws SQLException {
        long free = Long.parseLong(session.text("""
                SELECT pg_catalog.current_setting('max_connections')::int8
                  - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend') + 1
                  - CASE WHEN (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user) THEN 0
                    ELSE (SELECT coalesce(pg_catalog.sum(setting::int8), 0) FROM pg_catalog.pg_settings
                      WHERE name IN ('superuser_reserved_connections', 'reserved_connections')) END"""));
        int needed = preflight.connectionsNeeded() + 1;
        if (free < needed) {
            warn(
                    "connections",
                    "the server has " + free + " free now, a backup uses up to " + needed,
                    "it fails if there are not more by then",
                    "set connections of the source to less, or raise max_connections.");
        } else {
            ok("connections", free + " are free, a backup uses up to " + needed);
        }
    }

    private void standby() throws SQLException {
        if (!session.truth("SELECT pg_catalog.pg_is_in_recovery()")) {
            return;
        }
        note("standby", "the server is a standby", "a backup shows what it had replayed when the backup began");
        if (session.text("SELECT pg_catalog.current_setting('hot_standby_feedback')")
                .equals("off")) {
            warn(
                    "standby",
                    "hot_standby_feedback is off, and max_standby_streaming_delay is "
                            + session.text("SELECT pg_catalog.current_setting('max_standby_streaming_delay')"),
                    "replay may cancel a backup that takes longer, and then it fails",
                    "turn hot_standby_feedback on, or give max_standby_streaming_delay more time than a backup takes.");
        }
        String conflicts = session.textOrNull("""
                SELECT confl_tablespace + confl_lock + confl_snapshot + confl_bufferpin + confl_deadlock
                FROM pg_catalog.pg_stat_database_conflicts WHERE datname = pg_catalog.current_database()""");
        if (conflicts != null && !conflicts.equals("0")) {
            note(
                    "standby",
                    "replay has cancelled " + conflicts + " queries of this database so far",
                    "the more there are, the likelier a backup is hit");
        }
    }

    /** Whoever keeps the schema's archive, and packs where no destination is a local folder, needs room there. */
    private void room() {
        Path existing = scratch.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            long free = existing == null ? 0 : Files.getFileStore(existing).getUsableSpace();
            if (existing == null || !Files.isWritable(existing) || free < LITTLE_SCRATCH_BYTES) {
                warn(
                        "scratch space",
                        "'" + scratch + "' has " + (free >> 20) + " MiB free"
                                + (existing != null && Files.isWritable(existing) ? "" : ", and cannot be written"),
                        "the schema's archive may not fit, and then a backup fails",
                        "make room, or name another folder with HOLDFAST_SPOOL.");
            } else {
                ok("scratch space", "'" + scratch + "' has " + (free >> 20) + " MiB free");
            }
        } catch (IOException e) {
            warn(
                    "scratch space",
                    "'" + scratch + "' cannot be looked at: " + e.getMessage(),
                    "the schema's archive may not fit, and then a backup fails",
                    "name another folder with HOLDFAST_SPOOL.");
        }
    }
}
