package dev.holdfast.control.access;

import dev.holdfast.control.access.Users.Stored;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.Invalid;
import java.time.Duration;
import java.util.Optional;

/**
 * Tells by name and password who somebody is. For a user that does not exist, is disabled or has no password, the same work is
 * done and the same answer given as for a wrong password. Safe for many threads.
 */
public final class SignIn {
    private final Users users;
    private final Passwords passwords;
    private final SignInLimits limits;
    private final Audit audit;

    SignIn(Users users, Passwords passwords, SignInLimits limits, Audit audit) {
        this.users = users;
        this.passwords = passwords;
        this.limits = limits;
        this.audit = audit;
    }

    /**
     * @throws Busy (TOO_MANY_REQUESTS) if too many sign in at once
     */
    public SignInResult withPassword(String name, Secret password, Caller caller) {
        return limits.begin(name, caller)
                .<SignInResult>map(SignInResult.Later::new)
                .orElseGet(() -> checked(name, password, caller));
    }

    /**
     * Changes the password of somebody who is signed in and knows the present one; ends all sessions and JWTs, so a new
     * session is to be opened. Wrong passwords count like those of a try to sign in.
     *
     * @throws Invalid (CONFIGURATION_INVALID) if the new password cannot be
     */
    public SignInResult changePassword(Principal by, Secret current, Secret next, Caller caller) {
        Optional<Duration> wait = limits.begin(by.name(), caller);
        if (wait.isPresent()) {
            return new SignInResult.Later(wait.orElseThrow());
        }
        Optional<Stored> stored =
                accepted(by.name(), current).filter(s -> s.user().id().equals(by.user()));
        if (stored.isEmpty()) {
            audit.record(entry(Actor.of(by), "password.change", by.name(), caller, Outcome.REFUSED));
            return new SignInResult.Refused();
        }
        limits.succeeded(by.name(), caller);
        User user = users.resetPassword(by.user(), next);
        audit.record(entry(Actor.of(by), "password.change", by.name(), caller, Outcome.DONE));
        return new SignInResult.Accepted(user);
    }

    private SignInResult checked(String name, Secret password, Caller caller) {
        return accepted(name, password)
                .map(stored -> accept(stored, password, caller))
                .orElseGet(() -> refuse(name, caller));
    }

    private Optional<Stored> accepted(String name, Secret password) {
        Optional<Stored> stored = users.stored(name);
        boolean tooLong = password.text().length() > PasswordRules.MOST_CHARACTERS;
        boolean matches = passwords.matches(tooLong ? new Secret("") : password, stored.flatMap(Stored::password));
        return stored.filter(s -> matches && !tooLong && s.user().enabled());
    }

    private SignInResult accept(Stored stored, Secret password, Caller caller) {
        User user = stored.user();
        limits.succeeded(user.name(), caller);
        stored.password().filter(passwords::isOutdated).ifPresent(hash -> users.upgrade(user.id(), hash, password));
        users.noteSignIn(user.id());
        audit.record(entry(Actor.of(user), "sign-in", user.name(), caller, Outcome.DONE));
        return new SignInResult.Accepted(user);
    }

    /** Names nobody that does not exist: a password typed into the wrong field must not be kept. */
    private SignInResult refuse(String name, Caller caller) {
        String known = users.named(name).map(User::name).orElse("(unknown)");
        audit.record(entry(Actor.UNKNOWN, "sign-in", known, caller, Outcome.REFUSED));
        return new SignInResult.Refused();
    }

    private static AuditEntry entry(Actor actor, String action, String name, Caller caller, Outcome outcome) {
        return new AuditEntry(actor, action, "user " + name, Optional.empty(), caller, outcome, "");
    }
}
