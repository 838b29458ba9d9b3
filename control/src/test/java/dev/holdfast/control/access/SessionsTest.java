package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionsTest extends OnEveryDatabase {
    private User alice;
    private OpenedSession session;

    @BeforeEach
    void sign_in() {
        stage.admin("root");
        alice = stage.user("alice", Stage.on(Role.OPERATOR, "shop"));
        session = access.sessions().open(alice, Stage.HOME);
    }

    private boolean isOpen(OpenedSession opened) {
        return access.sessions().principal(opened.secret().text()).isPresent();
    }

    @Test
    void a_session_stands_for_its_user() {
        assertThat(access.sessions().principal(session.secret().text()))
                .contains(new Principal(
                        alice.id(),
                        "alice",
                        Stage.on(Role.OPERATOR, "shop"),
                        new Credential.OfSession(session.session().id())));
    }

    @Test
    void its_secret_is_256_bits_and_not_in_the_catalog() {
        assertThat(session.secret().text()).matches("[A-Za-z0-9_-]{43}");
        assertThat(session.toString()).doesNotContain(session.secret().text());
        assertThat(stored("access_session"))
                .containsExactly(OpaqueSecret.hash(session.secret().text()));
        assertThat(access.sessions()
                        .principal(OpaqueSecret.hash(session.secret().text())))
                .isEmpty();
        assertThat(access.sessions().principal(session.session().id().text())).isEmpty();
    }

    private List<String> stored(String table) {
        return stage.catalog
                .jdbi()
                .withHandle(h -> h.createQuery("SELECT secret FROM " + table)
                        .mapTo(String.class)
                        .list());
    }

    @Test
    void a_secret_that_is_nearly_right_is_wrong() {
        String secret = session.secret().text();
        for (String wrong : List.of(
                "", secret + "x", secret.substring(1), secret.toLowerCase(Locale.ROOT) + "\u0000", "' OR 1=1 --")) {
            assertThat(access.sessions().principal(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void it_ends_when_nothing_is_asked_for_long() {
        stage.clock.advance(SessionLimits.DEFAULT.idle());
        assertThat(isOpen(session)).isTrue();
        stage.clock.advance(SessionLimits.DEFAULT.idle());
        assertThat(isOpen(session)).isTrue();
        stage.clock.advance(SessionLimits.DEFAULT.idle().plusMillis(1));
        assertThat(isOpen(session)).isFalse();
    }

    @Test
    void it_ends_in_the_end_however_much_is_asked() {
        for (Duration t = Duration.ZERO; t.compareTo(SessionLimits.DEFAULT.absolute()) < 0; t = t.plusHours(6)) {
            assertThat(isOpen(session)).isTrue();
            stage.clock.advance(Duration.ofHours(6));
        }
        stage.clock.advance(Duration.ofMillis(1));
        assertThat(isOpen(session)).isFalse();
    }

    @Test
    void it_ends_when_the_password_changes_and_a_wrong_one_changes_nothing() {
        Principal principal =
                access.sessions().principal(session.secret().text()).orElseThrow();
        Secret next = new Secret("five quite random words");
        assertThat(access.signIn().changePassword(principal, Stage.WRONG, next, Stage.HOME))
                .isInstanceOf(SignInResult.Refused.class);
        assertThat(isOpen(session)).isTrue();
        assertThat(access.signIn().changePassword(principal, Stage.PASSWORD, next, Stage.HOME))
                .isInstanceOfSatisfying(
                        SignInResult.Accepted.class,
                        a -> assertThat(a.user().tokenVersion()).isGreaterThan(alice.tokenVersion()));
        assertThat(isOpen(session)).isFalse();
        assertThat(stage.signIn("alice", Stage.PASSWORD, Stage.HOME)).isInstanceOf(SignInResult.Refused.class);
        assertThat(stage.signIn("alice", next, Stage.HOME)).isInstanceOf(SignInResult.Accepted.class);
    }

    @Test
    void it_ends_with_its_user() {
        access.users().remove(alice.id());
        assertThat(isOpen(session)).isFalse();
    }

    @Test
    void what_the_user_may_is_looked_up_at_each_request() {
        access.users().changeGrant(alice.id(), Stage.on(Role.VIEWER, "blog"));
        Principal principal =
                access.sessions().principal(session.secret().text()).orElseThrow();
        assertThat(principal.may(Role.VIEWER, "shop")).isFalse();
        assertThat(principal.may(Role.VIEWER, "blog")).isTrue();
    }

    @Test
    void one_or_all_others_can_be_ended_by_their_user_alone() {
        OpenedSession second = access.sessions().open(alice, Stage.ELSEWHERE);
        OpenedSession third = access.sessions().open(alice, Stage.ELSEWHERE);
        User bob = stage.user("bob", Grant.everywhere(Role.VIEWER));
        assertThat(access.sessions().end(bob.id(), second.session().id())).isFalse();
        assertThat(access.sessions().list(alice.id())).hasSize(3);
        assertThat(access.sessions().end(alice.id(), second.session().id())).isTrue();
        assertThat(isOpen(second)).isFalse();
        assertThat(access.sessions().endOthers(alice.id(), session.session().id()))
                .isEqualTo(1);
        assertThat(isOpen(third)).isFalse();
        assertThat(isOpen(session)).isTrue();
    }

    @Test
    void what_is_over_is_swept_away() {
        stage.clock.advance(Duration.ofHours(11));
        assertThat(isOpen(session)).isTrue();
        OpenedSession idle = access.sessions().open(alice, Stage.HOME);
        stage.clock.advance(Duration.ofHours(11));
        assertThat(isOpen(session)).isTrue();
        stage.clock.advance(Duration.ofHours(2));
        assertThat(access.sessions().sweep()).isEqualTo(1);
        assertThat(isOpen(idle)).isFalse();
        assertThat(isOpen(session)).isTrue();
    }

    @Test
    void while_the_catalog_is_away_nobody_is_let_in_and_that_is_said() {
        stage.catalog.close();
        String secret = session.secret().text();
        assertThatThrownBy(() -> access.sessions().principal(secret))
                .isInstanceOfSatisfying(
                        Unavailable.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CATALOG_UNAVAILABLE));
    }

    @Test
    void what_a_client_calls_itself_cannot_forge_lines() {
        access.sessions().open(alice, new Caller("192.0.2.1\nx", "evil\r\n\u001b[2J"));
        assertThat(access.sessions().list(alice.id()).stream().map(Session::caller))
                .contains(new Caller("192.0.2.1\\u000ax", "evil\\u000d\\u000a\\u001b[2J"));
    }
}
