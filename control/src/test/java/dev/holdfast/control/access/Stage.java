package dev.holdfast.control.access;

import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A catalog with everything of this room on it, and the short way to people in it. */
final class Stage implements AutoCloseable {
    static final Secret PASSWORD = new Secret("four random words");
    static final Secret WRONG = new Secret("three random words");
    static final Caller HOME = new Caller("192.0.2.10", "a browser");
    static final Caller ELSEWHERE = new Caller("203.0.113.66", "");
    static final PhcString.Cost CHEAP = new PhcString.Cost(64, 1, 1);

    final SettableClock clock = new SettableClock();
    final Passwords passwords = new Passwords(CHEAP, 2, Duration.ofSeconds(10));
    final Catalog catalog;
    final Path folder;
    final Access access;

    Stage(Database database, Path folder) {
        this.folder = folder;
        this.catalog = database.open(folder);
        this.access = server(folder.resolve("state"));
    }

    /** One more server on the same catalog. */
    Access server(Path stateFolder) {
        return Access.in(catalog, passwords, SessionLimits.DEFAULT, stateFolder, clock);
    }

    User user(String name, Grant grant) {
        return access.users().create(new NewUser(name, Optional.of(PASSWORD), grant));
    }

    User admin(String name) {
        return user(name, Grant.everywhere(Role.ADMIN));
    }

    Principal signedIn(User user) {
        return access.sessions()
                .principal(access.sessions().open(user, HOME).secret().text())
                .orElseThrow();
    }

    IssuedToken token(User user, Grant grant, Optional<Duration> life) {
        return access.tokens()
                .issue(signedIn(user), new NewToken(user.id(), "ci", grant, life.map(clock.instant()::plus)));
    }

    SignInResult signIn(String name, Secret password, Caller caller) {
        return access.signIn().withPassword(name, password, caller);
    }

    List<AuditRecord> trail() {
        return access.audit().list(AuditFilter.ALL, Optional.empty(), 1000);
    }

    static Grant on(Role role, String... stacks) {
        return new Grant(role, StackScope.only(List.of(stacks)));
    }

    @Override
    public void close() {
        catalog.close();
    }
}
