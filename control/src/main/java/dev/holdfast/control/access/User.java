package dev.holdfast.control.access;

import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who may sign in or own tokens.
 *
 * @param name unique without regard to case
 * @param grant what the user may do, and tokens of the user at most
 * @param enabled false: neither the user nor a token gets in
 * @param hasPassword whether the user can sign in with one
 * @param tokenVersion raised to end every JWT of the user
 * @param signedIn the last time, if ever
 */
public record User(
        UserId id,
        String name,
        Grant grant,
        boolean enabled,
        boolean hasPassword,
        Origin origin,
        long tokenVersion,
        Instant made,
        Optional<Instant> signedIn) {

    /** Whether the user may administer everything here. */
    public boolean administers() {
        return enabled && grant.permitsEverywhere(Role.ADMIN);
    }
}
