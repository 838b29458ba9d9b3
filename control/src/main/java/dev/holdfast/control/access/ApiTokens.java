package dev.holdfast.control.access;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;

/**
 * API tokens: {@code hf_} and 43 characters of URL-safe base 64, so that scanners for leaked secrets find them. Safe for many
 * threads.
 */
public final class ApiTokens {
    /** What every token begins with. */
    public static final String PREFIX = "hf_";

    private static final String COLUMNS = "id, secret, user_id, label, role, stacks, made_at, expires_at, used_at";
    private static final Duration NOTE_EVERY = Duration.ofMinutes(1);
    private static final int LONGEST_LABEL = 100;

    /** How long a token that is over is still listed, so that people see why something stopped. */
    private static final Duration SHOWN_WHEN_OVER = Duration.ofDays(30);

    /** For owners that an identity provider vouches for: it does not tell when it stops doing so. */
    static final Duration LONGEST_OF_PROVIDED = Duration.ofDays(90);

    private final Tables tables;
    private final InstantSource clock;

    ApiTokens(Tables tables, InstantSource clock) {
        this.tables = tables;
        this.clock = clock;
    }

    /**
     * Makes a token.
     *
     * @param by an administrator, or the owner; not by a token, or a leaked one could outlive its end
     * @throws AccessDenied (FORBIDDEN) if the token would permit more than its owner or its maker may, or for another's
     * @throws Invalid (CONFIGURATION_INVALID) if the label or the end cannot be; tokens of users whom an identity provider
     *     vouches for end within 90 days
     * @throws Missing (UNKNOWN_NAME) if there is no such owner
     */
    public IssuedToken issue(Principal by, NewToken wanted) {
        checkMaker(by, wanted.owner());
        check(wanted);
        Instant now = Instant.ofEpochMilli(clock.millis());
        Secret secret = new Secret(PREFIX + OpaqueSecret.make());
        ApiToken token = new ApiToken(
                new TokenId(Ulid.at(now)),
                wanted.owner(),
                wanted.label(),
                wanted.grant(),
                now,
                wanted.expires().map(e -> Instant.ofEpochMilli(e.toEpochMilli())),
                Optional.empty());
        tables.change(handle -> {
            User owner = owner(handle, wanted.owner());
            checkGrant(by, owner, wanted.grant());
            checkEnd(owner, wanted);
            insert(handle, token, secret);
        });
        return new IssuedToken(token, secret);
    }

    private static void checkMaker(Principal by, UserId owner) {
        boolean itself = by.credential() instanceof Credential.OfSession
                || (by.credential() instanceof Credential.OfJwt jwt
                        && jwt.token().isEmpty());
        if (!itself) {
            throw new AccessDenied(
                    ErrorCode.FORBIDDEN,
                    "a token cannot make tokens",
                    "sign in with a password or at the identity provider.");
        }
        if (!by.user().equals(owner) && !by.mayEverywhere(Role.ADMIN)) {
            throw new AccessDenied(
                    ErrorCode.FORBIDDEN,
                    "only an administrator makes tokens for others",
                    "ask one, or make a token for yourself.");
        }
    }

    private void check(NewToken wanted) {
        if (wanted.label().isBlank()
                || wanted.label().length() > LONGEST_LABEL
                || !Plain.text(wanted.label(), 2 * LONGEST_LABEL).equals(wanted.label())) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the label of a token is 1 to " + LONGEST_LABEL + " visible characters",
                    "say what the token is for, such as 'ci'.");
        }
        if (wanted.expires().filter(e -> !e.isAfter(clock.instant())).isPresent()) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID, "the token would have ended already", "choose a later end.");
        }
    }

    private void checkEnd(User owner, NewToken wanted) {
        Instant latest = clock.instant().plus(LONGEST_OF_PROVIDED);
        if (owner.origin() instanceof Origin.Provider
                && wanted.expires().filter(e -> !e.isAfter(latest)).isEmpty()) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "a token of '" + owner.name() + "', who signs in at an identity provider, ends within "
                            + LONGEST_OF_PROVIDED.toDays() + " days",
                    "choose an end, or make the token for a user of this server's own.");
        }
    }

    private static void checkGrant(Principal by, User owner, Grant wanted) {
        boolean ownersOwn = by.user().equals(owner.id());
        if (!wanted.isWithin(owner.grant()) || (ownersOwn && !wanted.isWithin(by.grant()))) {
            throw new AccessDenied(
                    ErrorCode.FORBIDDEN,
                    "the token would permit more than '" + owner.name() + "' may",
                    "choose a lesser role or fewer stacks.");
        }
    }

    private static User owner(Handle handle, UserId id) {
        return Users.find(handle, id)
                .orElseThrow(() ->
                        new Missing(ErrorCode.UNKNOWN_NAME, "there is no user " + id, "look at the list of users."));
    }

    private static void insert(Handle handle, ApiToken token, Secret secret) {
        handle.createUpdate("""
                        INSERT INTO access_token (id, secret, user_id, label, role, stacks, made_at, expires_at)
                        VALUES (:id, :secret, :user, :label, :role, :stacks, :made, :expires)""")
                .bind("id", token.id().text())
                .bind("secret", OpaqueSecret.hash(secret.text()))
                .bind("user", token.owner().text())
                .bind("label", token.label())
                .bind("role", token.grant().role().name())
                .bind("stacks", Tables.stacks(token.grant()))
                .bind("made", token.made().toEpochMilli())
                .bind("expires", Tables.millis(token.expires()))
                .execute();
    }

    /** The principal that a token stands for; empty if it is unknown, revoked or over, or its owner may not get in. */
    public Optional<Principal> principal(String secret) {
        Optional<Found> found =
                secret.startsWith(PREFIX) ? tables.read(handle -> find(handle, secret)) : Optional.empty();
        return found.filter(this::isUsable).map(this::used);
    }

    /** The principal that a token stands for by its id, for who proved by a signature that it was there. */
    public Optional<Principal> principal(TokenId id) {
        return tables.read(handle -> find(handle, "id", id.text()))
                .filter(this::isUsable)
                .map(Found::principal);
    }

    /** The tokens of one user or of all, newest first, also those that are over, for a month. */
    public List<ApiToken> list(Optional<UserId> owner, Optional<TokenId> before, int limit) {
        return tables.read(handle -> handle.createQuery("SELECT " + COLUMNS + """
                         FROM access_token
                        WHERE (:all = 1 OR user_id = :user) AND id < :before
                        ORDER BY id DESC LIMIT :limit""")
                .bind("all", owner.isPresent() ? 0 : 1)
                .bind("user", owner.map(UserId::text).orElse(""))
                .bind("before", before.map(TokenId::text).orElse(Tables.AFTER_ALL))
                .bind("limit", limit)
                .map(ApiTokens::token)
                .list());
    }

    public Optional<ApiToken> find(TokenId id) {
        return tables.read(handle -> find(handle, "id", id.text())).map(Found::token);
    }

    /** Ends a token for good; false if there is none. */
    public boolean revoke(TokenId id) {
        return tables.write(handle -> handle.execute("DELETE FROM access_token WHERE id = ?", id.text())) > 0;
    }

    /** Removes those that have been over for a month; to be called now and then. */
    int sweep() {
        return tables.write(handle -> handle.execute(
                "DELETE FROM access_token WHERE expires_at < ?",
                clock.instant().minus(SHOWN_WHEN_OVER).toEpochMilli()));
    }

    private record Found(ApiToken token, String hash, User owner) {
        Principal principal() {
            return new Principal(
                    owner.id(),
                    owner.name(),
                    token.grant().and(owner.grant()),
                    new Credential.OfToken(token.id(), token.label()));
        }
    }

    private static Optional<Found> find(Handle handle, String secret) {
        return find(handle, "secret", OpaqueSecret.hash(secret))
                .filter(found -> OpaqueSecret.matches(secret, found.hash()));
    }

    private static Optional<Found> find(Handle handle, String column, String value) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM access_token WHERE " + column + " = :value")
                .bind("value", value)
                .map(row -> found(handle, row))
                .findOne();
    }

    private static Found found(Handle handle, RowView row) {
        ApiToken token = token(row);
        return new Found(token, row.getColumn("secret", String.class), owner(handle, token.owner()));
    }

    private boolean isUsable(Found found) {
        return found.owner().enabled()
                && found.token()
                        .expires()
                        .filter(e -> !clock.instant().isBefore(e))
                        .isEmpty();
    }

    private Principal used(Found found) {
        Instant before = found.token().used().orElse(Instant.MIN);
        if (before.isBefore(clock.instant().minus(NOTE_EVERY))) {
            tables.change(handle -> handle.execute(
                    "UPDATE access_token SET used_at = ? WHERE id = ?",
                    clock.millis(),
                    found.token().id().text()));
        }
        return found.principal();
    }

    private static ApiToken token(RowView row) {
        return new ApiToken(
                new TokenId(row.getColumn("id", String.class)),
                new UserId(row.getColumn("user_id", String.class)),
                row.getColumn("label", String.class),
                Tables.grant(row),
                Tables.instant(row, "made_at"),
                Tables.maybeInstant(row, "expires_at"),
                Tables.maybeInstant(row, "used_at"));
    }
}
