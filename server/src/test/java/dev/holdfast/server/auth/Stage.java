package dev.holdfast.server.auth;

import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.Caller;
import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.IssuedToken;
import dev.holdfast.control.access.NewToken;
import dev.holdfast.control.access.NewUser;
import dev.holdfast.control.access.OpenedSession;
import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.SessionLimits;
import dev.holdfast.control.access.StackScope;
import dev.holdfast.control.access.User;
import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A catalog with people in it, and the short way to requests. */
final class Stage implements AutoCloseable {
    static final Caller HOME = new Caller("192.0.2.10", "a browser");

    final SettableClock clock = new SettableClock();
    final Path folder;
    final Catalog catalog;
    final Access access;

    Stage(Path folder) {
        this.folder = folder;
        this.catalog = Catalog.open(new CatalogPlace.File(folder.resolve("catalog.db")));
        this.access = Access.in(catalog, SessionLimits.DEFAULT, folder, clock);
    }

    /** Somebody without password: that is tested where passwords are. */
    User user(String name, Grant grant) {
        return access.users().create(new NewUser(name, Optional.empty(), grant));
    }

    OpenedSession session(User user) {
        return access.sessions().open(user, HOME);
    }

    Principal signedIn(User user) {
        return access.sessions().principal(session(user).secret().text()).orElseThrow();
    }

    IssuedToken token(User user, Grant grant, Optional<Duration> life) {
        return access.tokens()
                .issue(signedIn(user), new NewToken(user.id(), "ci", grant, life.map(clock.instant()::plus)));
    }

    static Grant on(Role role, String... stacks) {
        return new Grant(role, StackScope.only(List.of(stacks)));
    }

    /** A request to https://backup.example.org with these headers, each a name and a value. */
    static WebRequest request(String method, String... headers) {
        return request(true, method, headers);
    }

    static WebRequest request(boolean secure, String method, String... headers) {
        Map<String, List<String>> all = new HashMap<>();
        all.put("Host", List.of("backup.example.org"));
        for (int i = 0; i < headers.length; i += 2) {
            all.merge(headers[i], List.of(headers[i + 1]), (one, other) -> {
                List<String> both = new ArrayList<>(one);
                both.addAll(other);
                return both;
            });
        }
        return new WebRequest(method, "/api/v1/stacks", all, "192.0.2.10", secure);
    }

    /** What a browser sends back of a header {@code Set-Cookie}. */
    static String cookie(String setCookie) {
        return setCookie.substring(0, setCookie.indexOf(';'));
    }

    @Override
    public void close() {
        catalog.close();
    }
}
