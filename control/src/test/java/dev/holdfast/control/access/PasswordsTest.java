package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
    private static final Secret PASSWORD = new Secret("four random words");

    private final Passwords passwords = new Passwords(Stage.CHEAP, 2, Duration.ofSeconds(10));

    @Test
    void a_hash_made_elsewhere_is_understood() {
        // from test.c of the reference implementation
        String reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assertThat(passwords.matches(new Secret("password"), Optional.of(reference)))
                .isTrue();
        assertThat(passwords.matches(new Secret("passwore"), Optional.of(reference)))
                .isFalse();
    }

    @Test
    void new_hashes_are_as_dear_as_they_should_be() {
        assertThat(new Passwords().hash(PASSWORD)).startsWith("$argon2id$v=19$m=12288,t=3,p=1$");
    }

    @Test
    void the_same_password_is_never_stored_twice_alike() {
        assertThat(passwords.hash(PASSWORD)).isNotEqualTo(passwords.hash(PASSWORD));
    }

    @Test
    void a_password_is_the_same_however_its_letters_are_composed() {
        String stored = passwords.hash(new Secret("b\u00fccherregal 42"));
        assertThat(passwords.matches(new Secret("bu\u0308cherregal 42"), Optional.of(stored)))
                .isTrue();
    }

    @Test
    void a_hash_of_another_cost_is_outdated() {
        String stored = passwords.hash(PASSWORD);
        assertThat(passwords.isOutdated(stored)).isFalse();
        assertThat(new Passwords().isOutdated(stored)).isTrue();
    }

    @Test
    void where_nothing_is_stored_the_same_work_is_done_for_a_no() {
        String stored = passwords.hash(PASSWORD);
        long before = passwords.hashed();
        assertThat(passwords.matches(PASSWORD, Optional.of(stored))).isTrue();
        long once = passwords.hashed() - before;
        assertThat(passwords.matches(PASSWORD, Optional.empty())).isFalse();
        assertThat(passwords.hashed() - before).isEqualTo(2 * once);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "four random words",
                "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=9999999,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=64,t=999,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$",
                "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
            })
    void a_stored_text_that_is_no_sound_hash_lets_nobody_in(String stored) {
        assertThat(PhcString.parse(stored)).isEmpty();
        assertThat(passwords.matches(new Secret(stored), Optional.of(stored))).isFalse();
    }

    @Test
    void no_more_are_hashed_at_once_than_memory_is_meant_for() throws Exception {
        Passwords one = new Passwords(new PhcString.Cost(32 << 10, 40, 1), 1, Duration.ofMillis(1));
        CountDownLatch began = new CountDownLatch(1);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<String> slow = other.submit(() -> {
                began.countDown();
                return one.hash(PASSWORD);
            });
            began.await();
            while (one.hashed() == 0) {
                Thread.onSpinWait();
            }
            assertThatThrownBy(() -> one.hash(PASSWORD))
                    .isInstanceOfSatisfying(
                            Busy.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS));
            assertThat(slow.get()).startsWith("$argon2id$");
        }
        assertThat(one.hash(PASSWORD)).startsWith("$argon2id$");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short",
                "elevenchars",
                "aaaaaaaaaaaa",
                "ababababababab",
                "Password1234",
                "alicealicealice",
                "alice1alice2"
            })
    void passwords_that_are_tried_first_are_refused(String password) {
        assertThat(PasswordRules.problem("alice", password)).isPresent();
    }

    @Test
    void a_long_password_needs_no_kinds_of_characters() {
        assertThat(PasswordRules.problem("alice", "four random words")).isEmpty();
        assertThat(PasswordRules.problem("alice", "twelve chars")).isEmpty();
        assertThat(PasswordRules.problem("alice", "x".repeat(100) + "abcdefgh".repeat(20)))
                .contains("is longer than 256 characters");
    }

    @Test
    void a_secret_shows_itself_to_nobody() {
        assertThat(PhcString.parse(passwords.hash(PASSWORD)).orElseThrow().toString())
                .doesNotContain("$");
    }
}
