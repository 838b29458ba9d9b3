package dev.holdfast.control.access;

import dev.holdfast.control.catalog.Catalog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Everything of this room, put together.
 *
 * @param users who there is
 * @param sessions browsers that are signed in
 * @param tokens API tokens
 * @param signIn by name and password
 * @param limits on tries to sign in
 * @param setUp the first administrator
 * @param audit the trail
 */
public record Access(
        Users users,
        Sessions sessions,
        ApiTokens tokens,
        SignIn signIn,
        SignInLimits limits,
        SetUp setUp,
        Audit audit) {

    /**
     * @param stateFolder where the server keeps files of its own; the set-up code stands there while it is needed
     */
    public static Access in(Catalog catalog, SessionLimits sessionLimits, Path stateFolder, InstantSource clock) {
        return in(catalog, new Passwords(), sessionLimits, stateFolder, clock);
    }

    static Access in(
            Catalog catalog, Passwords passwords, SessionLimits sessionLimits, Path stateFolder, InstantSource clock) {
        Tables tables = new Tables(catalog);
        Users users = new Users(tables, passwords, clock);
        Audit audit = new Audit(tables, clock);
        SignInLimits limits = new SignInLimits(tables, clock);
        return new Access(
                users,
                new Sessions(tables, sessionLimits, clock),
                new ApiTokens(tables, clock),
                new SignIn(users, passwords, limits, audit),
                limits,
                new SetUp(tables, users, limits, audit, stateFolder, clock),
                audit);
    }

    /**
     * Removes what would stay for ever: sessions and tokens that are over, tries that are forgotten, and the audit trail of long
     * ago; to be called every hour or so.
     *
     * @param keepAudit how long the audit trail is kept
     */
    public void sweep(Duration keepAudit) {
        sessions.sweep();
        tokens.sweep();
        limits.sweep();
        audit.sweep(keepAudit);
    }
}
