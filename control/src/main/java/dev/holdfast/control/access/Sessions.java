package dev.holdfast.control.access;

import dev.holdfast.control.config.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;

/** Sessions of browsers, in the catalog, so that every server knows them. Safe for many threads. */
public final class Sessions {
    private static final String COLUMNS = "id, secret, user_id, began_at, seen_at, address, agent";
    private static final Duration NOTE_EVERY = Duration.ofMinutes(1);

    private final Tables tables;
    private final SessionLimits limits;
    private final InstantSource clock;

    Sessions(Tables tables, SessionLimits limits, InstantSource clock) {
        this.tables = tables;
        this.limits = limits;
        this.clock = clock;
    }

    /** Begins a session of somebody who just showed who they are; always a new secret, whatever the browser held before. */
    public OpenedSession open(User user, Caller caller) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        Session session = new Session(new SessionId(Ulid.at(now)), user.id(), now, now, caller);
        Secret secret = new Secret(OpaqueSecret.make());
        tables.change(handle -> insert(handle, session, secret));
        return new OpenedSession(session, secret);
    }

    private static void insert(Handle handle, Session session, Secret secret) {
        handle.createUpdate("""
                        INSERT INTO access_session (id, secret, user_id, began_at, seen_at, address, agent)
                        VALUES (:id, :secret, :user, :began, :began, :address, :agent)""")
                .bind("id", session.id().text())
                .bind("secret", OpaqueSecret.hash(secret.text()))
                .bind("user", session.user().text())
                .bind("began", session.began().toEpochMilli())
                .bind("address", session.caller().address())
                .bind("agent", session.caller().agent())
                .execute();
    }

    /** The principal that a cookie's secret stands for; empty if the session is unknown, over, or its user may not get in. */
    public Optional<Principal> principal(String secret) {
        Optional<Found> found = tables.read(handle -> find(handle, secret)).filter(f -> isOpen(f.session()));
        found.map(Found::session).filter(this::isWorthNoting).ifPresent(this::note);
        return found.map(Found::principal);
    }

    /** How long a session of now may last at most, for the cookie. */
    public Duration longest() {
        return limits.absolute();
    }

    /** The open sessions of a user, newest first. */
    public List<Session> list(UserId user) {
        return tables
                .read(handle -> handle.createQuery(
                                "SELECT " + COLUMNS + " FROM access_session WHERE user_id = :user ORDER BY id DESC")
                        .bind("user", user.text())
                        .map(Sessions::session)
                        .list())
                .stream()
                .filter(this::isOpen)
                .toList();
    }

    /** Ends one session of a user; false if there is no such session of that user. */
    public boolean end(UserId user, SessionId session) {
        return tables.write(handle -> handle.execute(
                        "DELETE FROM access_session WHERE id = ? AND user_id = ?", session.text(), user.text()))
                > 0;
    }

    /** Ends every session of a user but one. */
    public int endOthers(UserId user, SessionId kept) {
        return tables.write(handle ->
                handle.execute("DELETE FROM access_session WHERE user_id = ? AND id <> ?", user.text(), kept.text()));
    }

    /** Removes what is over; to be called now and then. */
    public int sweep() {
        return tables.write(handle -> handle.execute(
                "DELETE FROM access_session WHERE seen_at < ? OR began_at < ?", oldestSeen(), oldestBegan()));
    }

    private record Found(Session session, String hash, User user) {
        Principal principal() {
            return new Principal(user.id(), user.name(), user.grant(), new Credential.OfSession(session.id()));
        }
    }

    private static Optional<Found> find(Handle handle, String secret) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM access_session WHERE secret = :secret")
                .bind("secret", OpaqueSecret.hash(secret))
                .map(row -> new Found(session(row), row.getColumn("secret", String.class), owner(handle, row)))
                .findOne()
                .filter(found -> OpaqueSecret.matches(secret, found.hash()))
                .filter(found -> found.user().enabled());
    }

    private static User owner(Handle handle, RowView row) {
        return Users.find(handle, new UserId(row.getColumn("user_id", String.class)))
                .orElseThrow();
    }

    private boolean isOpen(Session session) {
        return session.seen().toEpochMilli() >= oldestSeen() && session.began().toEpochMilli() >= oldestBegan();
    }

    private long oldestSeen() {
        return clock.instant().minus(limits.idle()).toEpochMilli();
    }

    private long oldestBegan() {
        return clock.instant().minus(limits.absolute()).toEpochMilli();
    }

    private boolean isWorthNoting(Session session) {
        return Duration.between(session.seen(), clock.instant()).compareTo(NOTE_EVERY) >= 0;
    }

    private void note(Session session) {
        tables.change(handle -> handle.execute(
                "UPDATE access_session SET seen_at = ? WHERE id = ?",
                clock.millis(),
                session.id().text()));
    }

    private static Session session(RowView row) {
        return new Session(
                new SessionId(row.getColumn("id", String.class)),
                new UserId(row.getColumn("user_id", String.class)),
                Tables.instant(row, "began_at"),
                Tables.instant(row, "seen_at"),
                new Caller(row.getColumn("address", String.class), row.getColumn("agent", String.class)));
    }
}
