package dev.holdfast.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.holdfast.control.access.Access;
import dev.holdfast.control.access.ApiToken;
import dev.holdfast.control.access.Credential;
import dev.holdfast.control.access.Grant;
import dev.holdfast.control.access.NewToken;
import dev.holdfast.control.access.NewUser;
import dev.holdfast.control.access.Principal;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.access.SessionLimits;
import dev.holdfast.control.access.User;
import dev.holdfast.control.catalog.Catalog;
import dev.holdfast.control.catalog.CatalogPlace;
import dev.holdfast.control.notify.Answer;
import dev.holdfast.control.notify.Fact;
import dev.holdfast.control.notify.Notice;
import dev.holdfast.control.notify.Notifier;
import dev.holdfast.control.notify.NotifyConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpiryWatchTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T12:00:00Z"));
    private final List<Fact> heard = new ArrayList<>();
    private final Notifier notifier = new Notifier() {
        @Override
        public void hear(Fact fact) {
            heard.add(fact);
        }

        @Override
        public void tell(Notice notice) {}

        @Override
        public Answer test(Optional<String> stack, NotifyConfig channel) {
            throw new UnsupportedOperationException();
        }
    };

    @TempDir
    private Path folder;

    private List<Fact.Expiry> seen(ExpiryWatch watch) {
        heard.clear();
        watch.look();
        return ((Fact.ExpiriesSeen) heard.getFirst()).all();
    }

    @Test
    void tokens_are_seen_with_their_ends_and_of_replaced_ones_only_the_last() {
        try (Catalog catalog = Catalog.open(new CatalogPlace.File(folder.resolve("catalog.db")))) {
            Access access = Access.in(catalog, SessionLimits.DEFAULT, folder, now::get);
            User user = access.users().create(new NewUser("ci", Optional.empty(), Grant.everywhere(Role.OPERATOR)));
            ExpiryWatch watch = new ExpiryWatch(Optional.empty(), access, notifier, now::get);
            assertThat(seen(watch)).isEmpty();

            ApiToken deploy = issue(access, user, "deploy", Optional.of(Duration.ofDays(90)));
            issue(access, user, "for ever", Optional.empty());
            assertThat(seen(watch))
                    .containsExactly(new Fact.Expiry(
                            "deploy of ci", deploy.made(), deploy.expires().orElseThrow()));

            now.updateAndGet(instant -> instant.plus(Duration.ofDays(80)));
            ApiToken next = issue(access, user, "deploy", Optional.of(Duration.ofDays(90)));
            assertThat(seen(watch))
                    .extracting(Fact.Expiry::ends)
                    .containsExactly(next.expires().orElseThrow());

            access.tokens().revoke(next.id());
            now.updateAndGet(instant -> instant.plus(Duration.ofDays(15)));
            assertThat(seen(watch)).as("ended five days ago").hasSize(1);
            now.updateAndGet(instant -> instant.plus(Duration.ofDays(15)));
            assertThat(seen(watch)).as("nobody missed it").isEmpty();
        }
    }

    @Test
    void a_token_that_ends_is_not_hidden_by_that_of_another_owner_with_the_same_label() {
        try (Catalog catalog = Catalog.open(new CatalogPlace.File(folder.resolve("catalog.db")))) {
            Access access = Access.in(catalog, SessionLimits.DEFAULT, folder, now::get);
            User ci = access.users().create(new NewUser("ci", Optional.empty(), Grant.everywhere(Role.OPERATOR)));
            User cd = access.users().create(new NewUser("cd", Optional.empty(), Grant.everywhere(Role.OPERATOR)));
            ExpiryWatch watch = new ExpiryWatch(Optional.empty(), access, notifier, now::get);
            ApiToken soon = issue(access, ci, "deploy", Optional.of(Duration.ofDays(10)));
            ApiToken late = issue(access, cd, "deploy", Optional.of(Duration.ofDays(300)));

            assertThat(seen(watch))
                    .extracting(Fact.Expiry::name, Fact.Expiry::ends)
                    .containsExactlyInAnyOrder(
                            tuple("deploy of ci", soon.expires().orElseThrow()),
                            tuple("deploy of cd", late.expires().orElseThrow()));
        }
    }

    private static ApiToken issue(Access access, User user, String label, Optional<Duration> life) {
        Principal itself = new Principal(user.id(), user.name(), user.grant(), new Credential.OfJwt(Optional.empty()));
        ApiToken made = access.tokens()
                .issue(itself, new NewToken(user.id(), label, user.grant(), Optional.empty()))
                .token();
        if (life.isEmpty()) {
            return made;
        }
        access.tokens().revoke(made.id());
        return access.tokens()
                .issue(
                        itself,
                        new NewToken(
                                user.id(),
                                label,
                                user.grant(),
                                Optional.of(made.made().plus(life.get()))))
                .token();
    }
}
