package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Finding;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives a finished database its final name. What has the name steps aside in the same transaction; until that is committed
 * the server lets nobody into either, and sessions that are in them are ended. For one thread.
 */
final class DatabaseSwap {
    /** A rename waits five seconds for sessions to end; one that is stuck in the system may need longer. */
    private static final int TRIES = 12;

    private static final String IN_USE = "55006";
    private static final int AGAIN_MILLIS = 100;

    private final PostgresLocation target;
    private final String finished;
    private final boolean replaces;
    private final boolean keep;
    private final Consumer<Finding> findings;

    /**
     * @param finished the name that the database has until now
     * @param replaces whether a database that has the final name may lose it
     * @param keep whether that one is kept under a name with the time in it, and not dropped
     */
    DatabaseSwap(PostgresLocation target, String finished, boolean replaces, boolean keep, Consumer<Finding> findings) {
        this.target = target;
        this.finished = finished;
        this.replaces = replaces;
        this.keep = keep;
        this.findings = findings;
    }

    /** The name under which what was replaced is kept; empty if there is none. */
    Optional<String> run(Session admin) throws SQLException, InterruptedException {
        Long old = replaces ? oid(admin, target.database()) : null;
        String aside = old == null
                ? null
                : keep ? DatabaseNames.kept(admin, target.database()) : DatabaseNames.condemned(target.database());
        Long fresh = oid(admin, finished);
        for (int attempt = 1; ; attempt++) {
            try {
                swap(admin, old, aside);
                break;
            } catch (SQLException e) {
                if (SqlFailures.isLost(e) && isInPlace(fresh)) {
                    break;
                }
                if (!SqlFailures.state(e).equals(IN_USE)) {
                    throw e;
                }
                if (attempt == TRIES) {
                    throw inUse(admin, e);
                }
            }
        }
        if (aside != null && !keep) {
            drop(aside);
        }
        return keep ? Optional.ofNullable(aside) : Optional.empty();
    }

    private Busy inUse(Session admin, SQLException cause) throws SQLException {
        return new Busy(
                ErrorCode.DATABASE_RESTORE_FAILED,
                "database '" + target.database() + "' is still in use: " + SqlFailures.said(cause) + "; in it "
                        + Sessions.in(admin, target.database()).shown(),
                "end them, then rename it by hand.",
                cause);
    }

    private static @Nullable Long oid(Session admin, String database) throws SQLException {
        String oid = admin.textOrNull("SELECT oid FROM pg_catalog.pg_database WHERE datname = ?", database);
        return oid == null ? null : Long.valueOf(oid);
    }

    private void swap(Session admin, @Nullable Long old, @Nullable String aside)
            throws SQLException, InterruptedException {
        Sessions.end(admin, oid(admin, finished));
        try (Session ender = NewDatabase.administer(target);
                Workers workers = new Workers()) {
            // by its number and not by its name, which is the new one's as soon as this is done
            workers.start("end sessions", () -> endSessions(ender, old));
            rename(admin, aside);
        }
    }

    private static void endSessions(Session ender, @Nullable Long database) throws SQLException, InterruptedException {
        while (!Thread.currentThread().isInterrupted()) {
            Sessions.end(ender, database);
            Thread.sleep(AGAIN_MILLIS);
        }
    }

    private void rename(Session admin, @Nullable String aside) throws SQLException {
        admin.run("BEGIN");
        try {
            if (aside != null) {
                admin.run("ALTER DATABASE " + Sql.name(target.database()) + " RENAME TO " + Sql.name(aside));
            }
            admin.run("ALTER DATABASE " + Sql.name(finished) + " RENAME TO " + Sql.name(target.database()));
            admin.run("COMMIT");
        } catch (SQLException e) {
            try {
                admin.run("ROLLBACK");
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** After a connection was lost: whether the server committed before. */
    private boolean isInPlace(@Nullable Long oid) {
        try (Session again = NewDatabase.administer(target)) {
            return oid != null && oid.equals(oid(again, target.database()));
        } catch (SQLException | HoldfastException e) {
            return false; // nobody answers; the failure says so
        }
    }

    private void drop(String aside) {
        try (Session admin = NewDatabase.administer(target)) {
            admin.run("DROP DATABASE " + Sql.name(aside) + " WITH (FORCE)");
        } catch (SQLException | HoldfastException e) {
            String said = e instanceof SQLException sql ? SqlFailures.said(sql) : String.valueOf(e.getMessage());
            findings.accept(new Finding(
                    "database '" + target.database() + "'",
                    "was replaced, but the old one is still there as '" + aside + "': " + said));
        }
    }
}
