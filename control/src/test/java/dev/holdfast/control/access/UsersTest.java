package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class UsersTest extends OnEveryDatabase {
    private static final Origin.Provider ORIGIN = new Origin.Provider("https://id.example.org", "subject-1");

    @Test
    void a_user_is_found_by_name_in_any_case_and_kept_as_made() {
        User made = stage.user("Alice", Stage.on(Role.OPERATOR, "shop", "Blog"));
        assertThat(access.users().named("aLICE")).contains(made);
        assertThat(access.users().find(made.id())).contains(made);
        assertThat(made.grant()).isEqualTo(Stage.on(Role.OPERATOR, "shop", "Blog"));
        assertThat(made.hasPassword()).isTrue();
        assertThat(made.signedIn()).isEmpty();
    }

    @Test
    void a_password_is_stored_as_argon2id_and_nowhere_else() {
        stage.user("alice", Grant.everywhere(Role.VIEWER));
        String stored = stage.catalog
                .jdbi()
                .withHandle(h -> h.createQuery("SELECT password FROM access_user")
                        .mapTo(String.class)
                        .one());
        assertThat(stored).startsWith("$argon2id$v=19$").doesNotContain(Stage.PASSWORD.text());
    }

    @Test
    void two_users_never_have_the_same_name() {
        stage.user("alice", Grant.everywhere(Role.VIEWER));
        assertThatThrownBy(() -> stage.user("ALICE", Grant.everywhere(Role.VIEWER)))
                .isInstanceOfSatisfying(
                        AlreadyExists.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @Test
    void names_and_passwords_that_cannot_be_are_refused() {
        for (String name :
                List.of("", " ", "a b", "-a", "a\nb", "a\u0000", "x".repeat(65), "../etc", "(set-up)", "ünal")) {
            assertThatThrownBy(() -> stage.user(name, Grant.everywhere(Role.VIEWER)))
                    .as(name)
                    .isInstanceOf(Invalid.class)
                    .message()
                    .doesNotContain("\n");
        }
        assertThatThrownBy(() -> access.users()
                        .create(new NewUser("bob", Optional.of(new Secret("short")), Grant.everywhere(Role.VIEWER))))
                .isInstanceOf(Invalid.class)
                .hasMessage("the password is shorter than 12 characters");
    }

    @Test
    void users_are_listed_page_by_page() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            names.add(stage.user("user" + i, Grant.everywhere(Role.VIEWER)).id().text());
            stage.clock.advance(Duration.ofMillis(1));
        }
        List<String> seen = new ArrayList<>();
        Optional<UserId> after = Optional.empty();
        do {
            List<User> page = access.users().list(after, 10);
            page.forEach(user -> seen.add(user.id().text()));
            after = page.isEmpty()
                    ? Optional.empty()
                    : Optional.of(page.getLast().id());
        } while (after.isPresent());
        assertThat(seen).isEqualTo(names);
    }

    @Test
    void the_last_administrator_stays() {
        User alice = stage.admin("alice");
        stage.user("bob", Stage.on(Role.ADMIN, "shop"));
        stage.user("carol", Grant.everywhere(Role.OPERATOR));
        access.users().create(new NewUser("robot", Optional.empty(), Grant.everywhere(Role.ADMIN)));
        access.users().admit(ORIGIN, "dave", Grant.everywhere(Role.ADMIN));

        assertRefused(() -> access.users().disable(alice.id()));
        assertRefused(() -> access.users().changeGrant(alice.id(), Grant.everywhere(Role.OPERATOR)));
        assertRefused(() -> access.users().changeGrant(alice.id(), Stage.on(Role.ADMIN, "shop")));
        assertRefused(() -> {
            access.users().remove(alice.id());
            return null;
        });
        assertThat(access.users().find(alice.id()).orElseThrow().administers()).isTrue();
    }

    @Test
    void one_of_two_administrators_may_go() {
        User alice = stage.admin("alice");
        User bob = stage.admin("bob");
        assertThat(access.users().disable(alice.id()).administers()).isFalse();
        assertRefused(() -> access.users().disable(bob.id()));
        access.users().enable(alice.id());
        access.users().remove(bob.id());
        assertThat(access.users().named("bob")).isEmpty();
    }

    @Test
    void two_administrators_who_remove_each_other_at_once_do_not_both_succeed() throws Exception {
        for (int round = 0; round < 5; round++) {
            User alice = stage.admin("alice" + round);
            User bob = stage.admin("bob" + round);
            List<Boolean> done = atOnce(
                    () -> succeeds(() -> access.users().changeGrant(alice.id(), Grant.everywhere(Role.VIEWER))),
                    () -> succeeds(() -> access.users().disable(bob.id())));
            assertThat(done).containsExactlyInAnyOrder(true, false);
            assertThat(access.users().anyAdministers()).isTrue();
            stage.catalog.jdbi().useHandle(h -> h.execute("DELETE FROM access_user"));
        }
    }

    @Test
    void a_disabled_user_loses_sessions_and_the_version_of_tokens() {
        stage.admin("root");
        User alice = stage.user("alice", Grant.everywhere(Role.VIEWER));
        OpenedSession session = access.sessions().open(alice, Stage.HOME);
        User disabled = access.users().disable(alice.id());
        assertThat(disabled.tokenVersion()).isGreaterThan(alice.tokenVersion());
        access.users().enable(alice.id());
        assertThat(access.sessions().principal(session.secret().text())).isEmpty();
    }

    @Test
    void what_is_done_to_nobody_is_said() {
        UserId nobody = new UserId("00000000000000000000000000");
        assertThatThrownBy(() -> access.users().disable(nobody))
                .isInstanceOfSatisfying(Missing.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_NAME));
    }

    @Test
    void a_user_of_the_provider_follows_its_claims() {
        User first = access.users().admit(ORIGIN, "dave", Grant.everywhere(Role.VIEWER));
        User again = access.users().admit(ORIGIN, "dave", Stage.on(Role.ADMIN, "shop"));
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.grant()).isEqualTo(Stage.on(Role.ADMIN, "shop"));
        assertThat(again.origin()).isEqualTo(ORIGIN);
        assertThat(again.hasPassword()).isFalse();
    }

    @Test
    void a_user_of_the_provider_never_becomes_one_of_our_own() {
        User alice = stage.admin("alice");
        User other = access.users().admit(ORIGIN, "Alice", Grant.everywhere(Role.VIEWER));
        assertThat(other.id()).isNotEqualTo(alice.id());
        assertThat(other.name()).startsWith("Alice-");
        assertThat(access.users().admit(ORIGIN, "Alice", Grant.everywhere(Role.VIEWER)))
                .isEqualTo(other);
        assertThat(access.users()
                        .admit(
                                new Origin.Provider(ORIGIN.issuer(), "subject-2"),
                                "Alice",
                                Grant.everywhere(Role.VIEWER))
                        .id())
                .isNotEqualTo(other.id());
    }

    @Test
    void any_name_of_the_provider_becomes_one_that_is_allowed() {
        assertThat(access.users()
                        .admit(ORIGIN, "J\u00f6rg \u0000<b>", Grant.everywhere(Role.VIEWER))
                        .name())
                .isEqualTo("J-rg-b-");
        assertThat(access.users()
                        .admit(new Origin.Provider(ORIGIN.issuer(), "2"), "\u672c", Grant.everywhere(Role.VIEWER))
                        .name())
                .startsWith("user-");
    }

    @Test
    void who_the_provider_lets_in_no_more_may_nothing_also_by_tokens() {
        User dave = access.users().admit(ORIGIN, "dave", Grant.everywhere(Role.OPERATOR));
        String session = access.sessions().open(dave, Stage.HOME).secret().text();
        String token = stage.token(dave, Grant.everywhere(Role.OPERATOR), Optional.of(Duration.ofDays(1)))
                .secret()
                .text();
        access.users().shutOut(ORIGIN);
        assertThat(access.sessions().principal(session)).isEmpty();
        assertThat(access.tokens().principal(token).filter(p -> p.may(Role.VIEWER, "shop")))
                .isEmpty();
        assertThat(access.tokens().principal(token).filter(p -> p.mayEverywhere(Role.VIEWER)))
                .isEmpty();
    }

    @Test
    void a_user_of_the_provider_has_no_password_here() {
        User dave = access.users().admit(ORIGIN, "dave", Grant.everywhere(Role.VIEWER));
        assertThatThrownBy(() -> access.users().resetPassword(dave.id(), Stage.PASSWORD))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("signs in at https://id.example.org");
    }

    static void assertRefused(Callable<?> call) {
        assertThatThrownBy(call::call)
                .isInstanceOfSatisfying(Busy.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                .hasMessageContaining("last administrator");
    }

    private static boolean succeeds(Callable<?> call) throws Exception {
        try {
            call.call();
            return true;
        } catch (HoldfastException e) {
            return false;
        }
    }

    static <T> List<T> atOnce(Callable<T> one, Callable<T> other) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<T> first = threads.submit(() -> {
                start.await();
                return one.call();
            });
            Future<T> second = threads.submit(() -> {
                start.await();
                return other.call();
            });
            return List.of(first.get(), second.get());
        }
    }
}
