package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.sql.SQLException;
import java.util.function.Supplier;

/**
 * Recognises a pooler between us and the server, such as pgbouncer. One that keeps a session of the server for a transaction
 * only would lose locks and snapshot, and one that keeps it for longer has fewer sessions than it lets us believe.
 *
 * <p>A server announces its process when a connection begins; whoever answers in its place announces something else. That
 * alone may be a proxy that passes everything on. A pooler is what uses a session of the server again: two connections that
 * are open at the same time share one process, or a connection gets a process that was there before it.
 */
final class Pooler {
    /** How pgbouncer refuses what it does not know, before anything else can be asked. */
    private static final String PGBOUNCER_SAYS = "unsupported startup parameter";

    /** A pooler takes a moment to clean a session before it gives it to somebody else. */
    private static final int FURTHER_CONNECTIONS = 6;

    private Pooler() {}

    /**
     * One look at a connection.
     *
     * @param announced the process that was announced at the beginning
     * @param actual the process that answers
     * @param began when that process began, in microseconds of the server's clock
     * @param now the server's clock
     */
    record Sight(int announced, int actual, long began, long now) {
        boolean direct() {
            return announced == actual;
        }

        static Sight of(Session session) throws SQLException {
            return session.list(
                            """
                            SELECT pg_catalog.pg_backend_pid(),
                                   (extract(epoch FROM a.backend_start) * 1000000)::int8,
                                   (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::int8
                            FROM pg_catalog.pg_stat_activity a WHERE a.pid = pg_catalog.pg_backend_pid()""",
                            row -> new Sight(session.announcedProcess(), row.getInt(1), row.getLong(2), row.getLong(3)))
                    .getFirst();
        }
    }

    /** Whether a connection and one that was made after it were given the same session of the server. */
    static boolean reuses(Sight earlier, Sight later) {
        return !earlier.direct()
                && !later.direct()
                && (earlier.actual() == later.actual() || later.began() < earlier.now());
    }

    /** Whether the words of a refused connection are those of a pooler. */
    static boolean said(String message) {
        return message.contains(PGBOUNCER_SAYS);
    }

    /**
     * Makes sure that there is none. Costs nothing where the server answers itself; else a few further connections.
     *
     * @param session a connection that is open
     * @param another makes a further one
     * @throws Unsupported if there is one
     */
    static void refuse(Session session, Supplier<Session> another) throws SQLException {
        Sight first = Sight.of(session);
        if (first.direct()) {
            return;
        }
        // the first stays open, each of the others is given back before the next is made
        Sight before = first;
        for (int i = 0; i < FURTHER_CONNECTIONS; i++) {
            Sight next;
            try (Session further = another.get()) {
                next = Sight.of(further);
            }
            if (reuses(first, next) || reuses(before, next)) {
                throw refusal(session.location());
            }
            before = next;
        }
    }

    static Unsupported refusal(PostgresLocation location) {
        return new Unsupported(
                ErrorCode.CONFIGURATION_INVALID,
                "a connection pooler such as pgbouncer answers at " + location.server()
                        + ": it gives one session of the server to several connections, so that locks and snapshot"
                        + " would not hold",
                "name host and port of the PostgreSQL server itself.");
    }
}
