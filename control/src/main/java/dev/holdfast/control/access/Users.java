package dev.holdfast.control.access;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;

/**
 * The users in the catalog. Somebody who may administer everything and has a password is always left, once there was one: who
 * the identity provider makes an administrator does not count, for it may be away or take it back. Safe for many threads.
 */
public final class Users {
    private static final String COLUMNS =
            "id, name, password, role, stacks, enabled, issuer, subject, token_version, made_at, signed_in_at";

    private static final Grant NOTHING = new Grant(Role.VIEWER, StackScope.only(List.of()));

    private final Tables tables;
    private final Passwords passwords;
    private final InstantSource clock;

    Users(Tables tables, Passwords passwords, InstantSource clock) {
        this.tables = tables;
        this.passwords = passwords;
        this.clock = clock;
    }

    /**
     * @throws Invalid (CONFIGURATION_INVALID) if the name or the password cannot be
     * @throws AlreadyExists (CONFLICT) if there is a user of that name
     */
    public User create(NewUser user) {
        Optional<String> hash = checkedHash(user);
        return tables.write(handle -> insert(handle, user, hash));
    }

    Optional<String> checkedHash(NewUser user) {
        UserName.checked(user.name());
        user.password().ifPresent(p -> PasswordRules.check(user.name(), p));
        return user.password().map(passwords::hash);
    }

    /** Within a transaction that decides on more. */
    User insert(Handle handle, NewUser user, Optional<String> hash) {
        return insert(handle, user.name(), hash, user.grant(), Origin.OWN)
                .orElseThrow(() -> new AlreadyExists(
                        ErrorCode.CONFLICT,
                        "there is a user '" + user.name() + "' already",
                        "choose another name; capital and small letters are the same."));
    }

    private Optional<User> insert(Handle handle, String name, Optional<String> hash, Grant grant, Origin origin) {
        UserId id = new UserId(Ulid.at(clock.instant()));
        int made = handle.createUpdate("""
                        INSERT INTO access_user
                          (id, name, name_key, password, role, stacks, enabled, issuer, subject, token_version, made_at)
                        VALUES (:id, :name, :key, :password, :role, :stacks, 1, :issuer, :subject, 1, :made)
                        ON CONFLICT DO NOTHING""")
                .bind("id", id.text())
                .bind("name", name)
                .bind("key", UserName.key(name))
                .bind("password", hash.orElse(null))
                .bind("role", grant.role().name())
                .bind("stacks", Tables.stacks(grant))
                .bind("issuer", origin instanceof Origin.Provider p ? p.issuer() : null)
                .bind("subject", origin instanceof Origin.Provider p ? p.subject() : null)
                .bind("made", clock.millis())
                .execute();
        return made == 1 ? Optional.of(existing(handle, id)) : Optional.empty();
    }

    public Optional<User> find(UserId id) {
        return tables.read(handle -> find(handle, id));
    }

    /** The user of that name, in any case. */
    public Optional<User> named(String name) {
        return stored(name).map(Stored::user);
    }

    /**
     * Users in the order in which they were made.
     *
     * @param after the last one of the page before, if this is not the first
     */
    public List<User> list(Optional<UserId> after, int limit) {
        return tables.read(handle -> handle.createQuery(
                        "SELECT " + COLUMNS + " FROM access_user WHERE id > :after ORDER BY id LIMIT :limit")
                .bind("after", after.map(UserId::text).orElse(""))
                .bind("limit", limit)
                .map(Users::user)
                .list());
    }

    /** Whether anybody may administer everything here. */
    public boolean anyAdministers() {
        return tables.read(Users::anyAdministers);
    }

    static boolean anyAdministers(Handle handle) {
        return handle.createQuery(
                                "SELECT count(*) FROM access_user WHERE role = 'ADMIN' AND stacks IS NULL AND enabled = 1")
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    /**
     * Gives a user another role or other stacks, at once also in sessions and tokens that are open.
     *
     * @throws Missing (UNKNOWN_NAME) if there is no such user
     * @throws Busy (CONFLICT) if nobody would be left who may administer
     */
    public User changeGrant(UserId id, Grant grant) {
        return decide(id, handle -> give(handle, id, grant));
    }

    /**
     * Lets a user in again.
     *
     * @throws Missing (UNKNOWN_NAME) if there is no such user
     */
    public User enable(UserId id) {
        return decide(id, handle -> handle.execute("UPDATE access_user SET enabled = 1 WHERE id = ?", id.text()));
    }

    /**
     * Lets a user in no more, and ends sessions and JWTs; API tokens sleep until the user is enabled again.
     *
     * @throws Missing (UNKNOWN_NAME) if there is no such user
     * @throws Busy (CONFLICT) if nobody would be left who may administer
     */
    public User disable(UserId id) {
        return decide(id, handle -> {
            handle.execute("UPDATE access_user SET enabled = 0 WHERE id = ?", id.text());
            endEverything(handle, id);
        });
    }

    /**
     * Removes a user with all sessions and tokens. What the user did stays in the audit trail.
     *
     * @throws Missing (UNKNOWN_NAME) if there is no such user
     * @throws Busy (CONFLICT) if nobody would be left who may administer
     */
    public void remove(UserId id) {
        tables.change(handle -> {
            Tables.takeTurn(handle);
            User user = existing(handle, id);
            handle.execute("DELETE FROM access_user WHERE id = ?", id.text());
            refuseToLeaveNobody(handle, user);
        });
    }

    /**
     * Gives a user another password without asking for the old one, and ends all sessions and JWTs.
     *
     * @throws Missing (UNKNOWN_NAME) if there is no such user
     * @throws Invalid (CONFIGURATION_INVALID) if the password cannot be, or the identity provider signs this user in
     */
    public User resetPassword(UserId id, Secret next) {
        User user = find(id).orElseThrow(() -> unknown(id));
        if (user.origin() instanceof Origin.Provider provider) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'" + user.name() + "' signs in at " + provider.issuer() + " and has no password here",
                    "change it there.");
        }
        PasswordRules.check(user.name(), next);
        String hash = passwords.hash(next);
        return decide(id, handle -> {
            handle.execute("UPDATE access_user SET password = ? WHERE id = ?", hash, id.text());
            endEverything(handle, id);
        });
    }

    /**
     * Ends all sessions and JWTs of a user; API tokens stay.
     *
     * @throws Missing (UNKNOWN_NAME) if there is no such user
     */
    public User signOutEverywhere(UserId id) {
        return decide(id, handle -> endEverything(handle, id));
    }

    /**
     * The user that an identity provider just vouched for; made, or given the grant that the provider's claims lead to now.
     * A user of another origin with the same name is never taken over: then the new one gets a name of its own.
     *
     * @param wantedName what the provider calls the user
     */
    public User admit(Origin.Provider origin, String wantedName, Grant grant) {
        return tables.read(handle -> provided(handle, origin))
                .filter(user -> user.grant().equals(grant))
                .orElseGet(() -> introducedOrUpdated(origin, wantedName, grant));
    }

    private User introducedOrUpdated(Origin.Provider origin, String wantedName, Grant grant) {
        return tables.write(handle -> {
            Tables.takeTurn(handle);
            return provided(handle, origin)
                    .map(user -> updated(handle, user, grant))
                    .orElseGet(() -> introduced(handle, origin, wantedName, grant));
        });
    }

    /**
     * Takes from a user of the provider all that the user may do here, also by tokens, when the provider's claims lead to no role
     * any more. They may lead to one again.
     */
    public void shutOut(Origin.Provider origin) {
        tables.read(handle -> provided(handle, origin))
                .filter(user -> !user.grant().equals(NOTHING))
                .ifPresent(user -> decide(user.id(), handle -> {
                    give(handle, user.id(), NOTHING);
                    endEverything(handle, user.id());
                }));
    }

    private static void give(Handle handle, UserId id, Grant grant) {
        handle.createUpdate("UPDATE access_user SET role = :role, stacks = :stacks WHERE id = :id")
                .bind("role", grant.role().name())
                .bind("stacks", Tables.stacks(grant))
                .bind("id", id.text())
                .execute();
    }

    private User updated(Handle handle, User user, Grant grant) {
        if (user.grant().equals(grant)) {
            return user;
        }
        give(handle, user.id(), grant);
        return existing(handle, user.id());
    }

    private User introduced(Handle handle, Origin.Provider origin, String wantedName, Grant grant) {
        String mark =
                OpaqueSecret.hash(origin.issuer() + " " + origin.subject()).substring(0, 8);
        String name = UserName.nearest(wantedName, "user-" + mark);
        String other = UserName.nearest(name.substring(0, Math.min(name.length(), 50)) + "-" + mark, mark);
        return insert(handle, name, Optional.empty(), grant, origin)
                .or(() -> insert(handle, other, Optional.empty(), grant, origin))
                .orElseThrow(() -> new AlreadyExists(
                        ErrorCode.CONFLICT,
                        "there is a user '" + other + "' already",
                        "remove that user, who keeps another from signing in."));
    }

    private static Optional<User> provided(Handle handle, Origin.Provider origin) {
        return handle.createQuery(
                        "SELECT " + COLUMNS + " FROM access_user WHERE issuer = :issuer AND subject = :subject")
                .bind("issuer", origin.issuer())
                .bind("subject", origin.subject())
                .map(Users::user)
                .findOne();
    }

    /** A user with the stored password, for whoever checks it. */
    record Stored(User user, Optional<String> password) {}

    Optional<Stored> stored(String name) {
        return UserName.isValid(name) ? tables.read(handle -> stored(handle, name)) : Optional.empty();
    }

    /** Remembers that a user signed in just now. */
    public void noteSignIn(UserId id) {
        tables.change(handle ->
                handle.execute("UPDATE access_user SET signed_in_at = ? WHERE id = ?", clock.millis(), id.text()));
    }

    /** Stores the same password under the present cost, unless it was changed meanwhile. */
    void upgrade(UserId id, String outdated, Secret password) {
        String hash = passwords.hash(password);
        tables.change(handle -> handle.execute(
                "UPDATE access_user SET password = ? WHERE id = ? AND password = ?", hash, id.text(), outdated));
    }

    private User decide(UserId id, Consumer<Handle> change) {
        return tables.write(handle -> {
            Tables.takeTurn(handle);
            User before = existing(handle, id);
            change.accept(handle);
            refuseToLeaveNobody(handle, before);
            return existing(handle, id);
        });
    }

    private static void refuseToLeaveNobody(Handle handle, User before) {
        if (before.administers() && before.hasPassword() && !anyAdministersWithPassword(handle)) {
            throw new Busy(
                    ErrorCode.CONFLICT,
                    "'" + before.name() + "' is the last administrator with a password",
                    "make another user an administrator first.");
        }
    }

    private static boolean anyAdministersWithPassword(Handle handle) {
        return handle.createQuery("""
                        SELECT count(*) FROM access_user
                        WHERE role = 'ADMIN' AND stacks IS NULL AND enabled = 1 AND password IS NOT NULL""").mapTo(Long.class).one() > 0;
    }

    private static void endEverything(Handle handle, UserId id) {
        handle.execute("DELETE FROM access_session WHERE user_id = ?", id.text());
        handle.execute("UPDATE access_user SET token_version = token_version + 1 WHERE id = ?", id.text());
    }

    private static User existing(Handle handle, UserId id) {
        return find(handle, id).orElseThrow(() -> unknown(id));
    }

    static Optional<User> find(Handle handle, UserId id) {
        return stored(handle, id).map(Stored::user);
    }

    private static Optional<Stored> stored(Handle handle, UserId id) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM access_user WHERE id = :id")
                .bind("id", id.text())
                .map(Users::storedUser)
                .findOne();
    }

    private static Optional<Stored> stored(Handle handle, String name) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM access_user WHERE name_key = :key")
                .bind("key", UserName.key(name))
                .map(Users::storedUser)
                .findOne();
    }

    private static Stored storedUser(RowView row) {
        return new Stored(user(row), Tables.maybeText(row, "password"));
    }

    private static User user(RowView row) {
        return new User(
                new UserId(row.getColumn("id", String.class)),
                row.getColumn("name", String.class),
                Tables.grant(row),
                row.getColumn("enabled", Integer.class) == 1,
                Tables.maybeText(row, "password").isPresent(),
                origin(row),
                row.getColumn("token_version", Long.class),
                Tables.instant(row, "made_at"),
                Tables.maybeInstant(row, "signed_in_at"));
    }

    private static Origin origin(RowView row) {
        return Tables.maybeText(row, "issuer")
                .<Origin>map(issuer -> new Origin.Provider(issuer, row.getColumn("subject", String.class)))
                .orElse(Origin.OWN);
    }

    private static Missing unknown(UserId id) {
        return new Missing(ErrorCode.UNKNOWN_NAME, "there is no user " + id, "look at the list of users.");
    }
}
