package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.error.Unsupported;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a failure of the driver means to us. */
final class SqlFailures {
    private SqlFailures() {}

    /** A connection could not be made. */
    static HoldfastException connecting(SQLException e, PostgresLocation location) {
        String state = state(e);
        String said = said(e);
        return switch (state) {
            case "28P01", "28000" ->
                new AccessDenied(
                        ErrorCode.DATABASE_ACCESS_DENIED,
                        "server " + location.server() + " refuses user '" + location.user() + "': " + said,
                        "check the user, the password and the server's pg_hba.conf.",
                        e);
            case "3D000" ->
                new Missing(
                        ErrorCode.DATABASE_MISSING,
                        "database '" + location.database() + "' does not exist on server " + location.server(),
                        "check the name, or create it.",
                        e);
            case "42501" ->
                new AccessDenied(
                        ErrorCode.DATABASE_ACCESS_DENIED,
                        "user '" + location.user() + "' may not connect to database '" + location.database() + "': "
                                + said,
                        "let a superuser run: GRANT CONNECT ON DATABASE " + Sql.name(location.database()) + " TO "
                                + Sql.name(location.user()) + ".",
                        e);
            case "53300" ->
                new Unavailable(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "server " + location.server() + " has no connection left: " + said,
                        "use fewer connections for this source, or raise max_connections.",
                        e);
            default -> noAnswer(e, location, said);
        };
    }

    private static HoldfastException noAnswer(SQLException e, PostgresLocation location, String said) {
        if (Pooler.said(said)) {
            return Pooler.refusal(location);
        }
        if (root(e) instanceof SSLException || root(e) instanceof GeneralSecurityException || isAboutTheName(said)) {
            return new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "server " + location.server() + " cannot be reached with sslmode "
                            + PostgresLocation.label(location.sslMode()) + ": "
                            + (isAboutTheName(said) ? "its certificate is not for this host" : root(e).getMessage()),
                    "check sslmode, the authority in sslrootcert, and the name in the server's certificate.",
                    e);
        }
        if (lacksEncryption(e)) {
            return new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "server " + location.server() + " offers no encryption, and sslmode "
                            + PostgresLocation.label(location.sslMode()) + " asks for it",
                    "turn ssl on at the server; only where nobody can listen, use sslmode=disable.",
                    e);
        }
        if (said.contains("requireAuth")) {
            return new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "server " + location.server() + " lets user '" + location.user()
                            + "' log in by a method that require_auth="
                            + location.requireAuth().orElse("")
                            + " does not accept",
                    "change require_auth, or the server's pg_hba.conf.",
                    e);
        }
        if (said.contains("no password was provided") || said.contains("password is an empty string")) {
            return new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "server " + location.server() + " wants a password for user '" + location.user()
                            + "' and none is given"
                            + location.passwordFileIgnored()
                                    .map(why -> "; " + why)
                                    .orElse(""),
                    "give the source a password or a password-file.",
                    e);
        }
        Optional<String> behind =
                location.tunnel().flatMap(tunnel -> tunnel.lost().or(tunnel::refused));
        if (behind.isPresent()) {
            return new Unavailable(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "server " + location.server() + " does not let us in: " + behind.get(),
                    "see that it runs and that the ssh server reaches it under this host and port.",
                    e);
        }
        String why = switch (root(e)) {
            case UnknownHostException unknown -> "no such host";
            case NoSuchFileException missing -> "there is no socket '" + missing.getFile() + "'";
            case ConnectException refused -> "connection refused";
            case SocketTimeoutException timeout -> "no answer in time";
            case Throwable other -> said;
        };
        return new Unavailable(
                ErrorCode.DATABASE_UNAVAILABLE,
                "server " + location.server() + " does not let us in: " + why,
                "see that it runs and that host and port are right.",
                e);
    }

    /**
     * Something went wrong while reading the database.
     *
     * @param doing what we were about, for example {@code reading table public.orders}
     */
    static HoldfastException reading(SQLException e, String doing, PostgresLocation location) {
        String state = state(e);
        String message = doing + " failed: " + said(e);
        if (isLost(e)) {
            return lost(e, doing, location);
        }
        return switch (state) {
            case "42501" ->
                new AccessDenied(
                        ErrorCode.TABLE_UNREADABLE,
                        message,
                        "grant user '" + location.user()
                                + "' what is missing (role pg_read_all_data, and BYPASSRLS where row security is on).",
                        e);
            case "42P01", "42703", "3F000", "55000" ->
                new Failed(
                        ErrorCode.TABLE_CHANGED,
                        message,
                        "it was changed while it was read; run the backup again when the change is done.",
                        e);
            case "40001" ->
                new Busy(
                        ErrorCode.TABLE_CHANGED,
                        message,
                        "a standby ends readers that are in the way of changes: set hot_standby_feedback there, raise"
                                + " max_standby_streaming_delay, or read the primary.",
                        e);
            case "22021" ->
                new Unsupported(
                        ErrorCode.DATABASE_DUMP_FAILED,
                        message,
                        "a database in SQL_ASCII has names that are not UTF-8; rename what has them.",
                        e);
            case "55P03" ->
                new Busy(ErrorCode.TABLE_CHANGED, message, "run the backup again when the change is done.", e);
            case "53200" ->
                new Failed(
                        ErrorCode.DATABASE_DUMP_FAILED,
                        message,
                        "if it is shared memory that is short: raise max_locks_per_transaction, every table is locked at once.",
                        e);
            case "54000" ->
                new Failed(
                        ErrorCode.DATABASE_DUMP_FAILED,
                        message,
                        "a row of more than 1 GB as text cannot be read by COPY, nor by pg_dump; make it smaller,"
                                + " or keep large values as large objects.",
                        e);
            case "57014" ->
                new Failed(
                        ErrorCode.DATABASE_DUMP_FAILED,
                        message,
                        "somebody cancelled the statement at the server; run the backup again.",
                        e);
            default -> new Failed(ErrorCode.DATABASE_DUMP_FAILED, message, "see the server's log.", e);
        };
    }

    /** Something went wrong while filling a database. */
    static HoldfastException restoring(SQLException e, String doing, PostgresLocation location) {
        String message = doing + " failed: " + (isLost(e) ? lostSaid(e, location) : said(e));
        if (state(e).equals("53100")) {
            return new NoSpace(
                    ErrorCode.DATABASE_RESTORE_FAILED, message, "make room where the server keeps its data.", e);
        }
        return new Failed(
                ErrorCode.DATABASE_RESTORE_FAILED,
                message,
                "what was there before is untouched; see the server's log.",
                e);
    }

    private static HoldfastException lost(SQLException e, String doing, PostgresLocation location) {
        return new Unavailable(
                ErrorCode.DATABASE_UNAVAILABLE,
                doing + " failed: " + lostSaid(e, location),
                "nothing was kept; run the backup again when the server is there.",
                e);
    }

    private static String lostSaid(SQLException e, PostgresLocation location) {
        return root(e) instanceof SocketTimeoutException
                ? "server " + location.server() + " sent nothing for too long"
                : "the connection to server " + location.server() + " is lost (" + said(e) + ")";
    }

    /** Whether the connection is gone. */
    static boolean isLost(SQLException e) {
        String state = state(e);
        return state.startsWith("08")
                || state.startsWith("57P0")
                || (state.equals("22023") && said(e).contains("snapshot")) // whoever exported it is gone
                || root(e) instanceof IOException;
    }

    static String state(SQLException e) {
        String state = e.getSQLState();
        return state == null ? "" : state;
    }

    /** What the server said, without the rows it may quote in its details. */
    static String said(SQLException e) {
        String message = null;
        if (e instanceof PSQLException failure) {
            ServerErrorMessage server = failure.getServerErrorMessage();
            message = server == null ? null : server.getMessage();
        }
        if (message == null) {
            message = e.getMessage();
        }
        return message == null ? e.toString() : message.strip();
    }

    private static boolean isAboutTheName(String said) {
        return said.contains("could not be verified by hostnameverifier");
    }

    /** Whether the server was asked to encrypt and cannot. */
    static boolean lacksEncryption(SQLException e) {
        return state(e).equals("08004") && said(e).contains("does not support SSL");
    }

    static Throwable root(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : root(cause);
    }
}
