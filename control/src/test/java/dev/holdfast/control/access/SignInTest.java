package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.config.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignInTest extends OnEveryDatabase {
    private User alice;

    @BeforeEach
    void people() {
        stage.admin("root");
        alice = stage.user("alice", Grant.everywhere(Role.OPERATOR));
    }

    @Test
    void the_right_password_lets_in_and_is_remembered_as_a_sign_in() {
        assertThat(stage.signIn("ALICE", Stage.PASSWORD, Stage.HOME))
                .isInstanceOfSatisfying(
                        SignInResult.Accepted.class,
                        a -> assertThat(a.user().id()).isEqualTo(alice.id()));
        assertThat(access.users().find(alice.id()).orElseThrow().signedIn()).contains(stage.clock.instant());
    }

    @Test
    void nobody_learns_whether_a_user_exists() {
        User off = stage.user("off", Grant.everywhere(Role.VIEWER));
        access.users().disable(off.id());
        access.users().create(new NewUser("robot", Optional.empty(), Grant.everywhere(Role.VIEWER)));
        long before = stage.passwords.hashed();
        List<SignInResult> answers = new ArrayList<>();
        List<Long> work = new ArrayList<>();
        for (String name : List.of("alice", "nobody", "off", "robot", "a\u0000b", "x".repeat(10_000))) {
            Secret tried = name.equals("off") ? Stage.PASSWORD : Stage.WRONG;
            answers.add(stage.signIn(name, tried, new Caller("198.51.100." + answers.size(), "")));
            work.add(stage.passwords.hashed() - before);
            before = stage.passwords.hashed();
        }
        assertThat(answers).allMatch(new SignInResult.Refused()::equals);
        assertThat(work).as("hashes computed for each").allMatch(hashes -> hashes == 1);
    }

    @Test
    void an_endless_password_costs_no_more_than_any() {
        assertThat(stage.signIn("alice", new Secret("x".repeat(1 << 20)), Stage.HOME))
                .isInstanceOf(SignInResult.Refused.class);
    }

    @Test
    void guessing_one_user_gets_slower_and_slower_also_with_the_right_guess() {
        for (int i = 0; i < 5; i++) {
            assertThat(stage.signIn("alice", Stage.WRONG, address(i))).isInstanceOf(SignInResult.Refused.class);
        }
        Duration expected = Duration.ofSeconds(1);
        for (int i = 5; i < 20; i++) {
            assertThat(stage.signIn("alice", Stage.PASSWORD, address(i))).isEqualTo(new SignInResult.Later(expected));
            stage.clock.advance(expected);
            assertThat(stage.signIn("alice", Stage.WRONG, address(i))).isInstanceOf(SignInResult.Refused.class);
            expected = shorter(expected.multipliedBy(2), DelayRule.USER.longest());
        }
        stage.clock.advance(expected);
        assertThat(stage.signIn("alice", Stage.PASSWORD, address(99))).isInstanceOf(SignInResult.Accepted.class);
        assertThat(stage.signIn("alice", Stage.WRONG, address(99))).isInstanceOf(SignInResult.Refused.class);
    }

    @Test
    void a_user_who_does_not_exist_gets_slower_just_the_same() {
        for (int i = 0; i < 5; i++) {
            assertThat(stage.signIn("nobody", Stage.WRONG, address(i))).isInstanceOf(SignInResult.Refused.class);
        }
        assertThat(stage.signIn("nobody", Stage.WRONG, address(6)))
                .isEqualTo(new SignInResult.Later(Duration.ofSeconds(1)));
    }

    @Test
    void trying_many_users_from_one_address_gets_slower() {
        for (int i = 0; i < DelayRule.ADDRESS.free(); i++) {
            assertThat(stage.signIn("user" + i, Stage.WRONG, Stage.ELSEWHERE)).isInstanceOf(SignInResult.Refused.class);
        }
        assertThat(stage.signIn("alice", Stage.PASSWORD, Stage.ELSEWHERE)).isInstanceOf(SignInResult.Later.class);
        assertThat(stage.signIn("alice", Stage.PASSWORD, Stage.HOME)).isInstanceOf(SignInResult.Accepted.class);
    }

    @Test
    void an_account_of_ones_own_does_not_speed_up_guessing_others() {
        int refused = 0;
        for (int i = 0; i < 60; i++) {
            if (stage.signIn("victim" + i, Stage.WRONG, Stage.ELSEWHERE) instanceof SignInResult.Refused) {
                refused++;
            }
            stage.signIn("alice", Stage.PASSWORD, Stage.ELSEWHERE);
        }
        assertThat(refused).isEqualTo(DelayRule.ADDRESS.free());
    }

    @Test
    void an_address_of_version_6_is_one_with_its_neighbours() {
        assertThat(SignInLimits.network("2001:db8:1:2::1")).isEqualTo(SignInLimits.network("2001:db8:1:2:ffff::9"));
        assertThat(SignInLimits.network("2001:db8:1:2::1")).isNotEqualTo(SignInLimits.network("2001:db8:1:3::1"));
        assertThat(SignInLimits.network("::ffff:192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(SignInLimits.network("192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(SignInLimits.network("no:address")).isEqualTo("no:address");
    }

    @Test
    void a_stranger_who_guesses_cannot_keep_the_user_out_where_the_user_is_signed_in() {
        access.sessions().open(alice, Stage.HOME);
        for (int i = 0; i < 30; i++) {
            stage.signIn("alice", Stage.WRONG, address(i));
        }
        assertThat(stage.signIn("alice", Stage.PASSWORD, address(31))).isInstanceOf(SignInResult.Later.class);
        assertThat(stage.signIn("alice", Stage.PASSWORD, Stage.HOME)).isInstanceOf(SignInResult.Accepted.class);
        assertThat(stage.signIn("alice", Stage.PASSWORD, address(31)))
                .as("the stranger gains nothing by it")
                .isInstanceOf(SignInResult.Later.class);
    }

    @Test
    void many_tries_at_once_gain_nothing() throws Exception {
        List<Future<SignInResult>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            for (int i = 0; i < 60; i++) {
                Caller caller = address(i % 30);
                answers.add(threads.submit(() -> stage.signIn("alice", Stage.WRONG, caller)));
            }
        }
        int looked = 0;
        for (Future<SignInResult> answer : answers) {
            looked += answer.get() instanceof SignInResult.Refused ? 1 : 0;
        }
        assertThat(looked).isEqualTo(DelayRule.USER.free());
    }

    @Test
    void what_was_tried_counts_at_every_server_and_after_a_restart() {
        for (int i = 0; i < 5; i++) {
            stage.signIn("alice", Stage.WRONG, address(i));
        }
        Access other = stage.server(folder.resolve("other"));
        assertThat(other.signIn().withPassword("alice", Stage.PASSWORD, address(9)))
                .isInstanceOf(SignInResult.Later.class);
    }

    @Test
    void all_is_forgotten_after_an_hour_without_a_try() {
        for (int i = 0; i < 10; i++) {
            stage.signIn("alice", Stage.WRONG, address(i));
            stage.clock.advance(Duration.ofMinutes(5));
        }
        stage.clock.advance(DelayRule.USER.forget().plusMillis(1));
        for (int i = 0; i < 5; i++) {
            assertThat(stage.signIn("alice", Stage.WRONG, address(i))).isInstanceOf(SignInResult.Refused.class);
        }
        assertThat(stage.signIn("alice", Stage.PASSWORD, address(1))).isInstanceOf(SignInResult.Later.class);
    }

    @Test
    void the_table_of_tries_does_not_grow_for_ever() {
        stage.catalog.jdbi().useTransaction(handle -> {
            var batch = handle.prepareBatch("INSERT INTO access_attempt VALUES (:s, 1, :at, 0)");
            for (int i = 0; i < 20_500; i++) {
                batch.bind("s", "flood" + i)
                        .bind("at", stage.clock.millis() + i)
                        .add();
            }
            batch.execute();
        });
        access.limits().sweep();
        assertThat(subjects()).isEqualTo(20_000);
        stage.clock.advance(Duration.ofHours(3));
        access.sweep(Duration.ofDays(1100));
        assertThat(subjects()).isZero();
    }

    private long subjects() {
        return stage.catalog
                .jdbi()
                .withHandle(h -> h.createQuery("SELECT count(*) FROM access_attempt")
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void a_cheaper_hash_is_replaced_at_the_next_sign_in() {
        Passwords dearer = new Passwords(new PhcString.Cost(128, 2, 1), 2, Duration.ofSeconds(10));
        Access later = Access.in(stage.catalog, dearer, SessionLimits.DEFAULT, folder, stage.clock);
        assertThat(later.signIn().withPassword("alice", Stage.WRONG, Stage.HOME))
                .isInstanceOf(SignInResult.Refused.class);
        assertThat(stored()).contains("m=64,t=1");
        assertThat(later.signIn().withPassword("alice", Stage.PASSWORD, Stage.HOME))
                .isInstanceOf(SignInResult.Accepted.class);
        assertThat(stored()).contains("m=128,t=2");
        assertThat(later.signIn().withPassword("alice", Stage.PASSWORD, Stage.HOME))
                .isInstanceOf(SignInResult.Accepted.class);
    }

    private String stored() {
        return stage.catalog
                .jdbi()
                .withHandle(h -> h.createQuery("SELECT password FROM access_user WHERE name = 'alice'")
                        .mapTo(String.class)
                        .one());
    }

    @Test
    void tries_are_in_the_trail_and_names_that_do_not_exist_are_not() {
        stage.signIn("alice", Stage.PASSWORD, Stage.HOME);
        stage.signIn("alice", Stage.WRONG, Stage.ELSEWHERE);
        stage.signIn("my password by mistake", Stage.WRONG, Stage.ELSEWHERE);
        assertThat(stage.trail())
                .extracting(r -> r.entry().action() + " " + r.entry().object() + " "
                        + r.entry().outcome() + " " + r.entry().caller().address())
                .containsExactlyInAnyOrder(
                        "sign-in user alice DONE 192.0.2.10",
                        "sign-in user alice REFUSED 203.0.113.66",
                        "sign-in user (unknown) REFUSED 203.0.113.66");
    }

    private static Caller address(int i) {
        return new Caller("198.51.100." + i, "");
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
