package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.Invalid;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiTokensTest extends OnEveryDatabase {
    private User root;
    private User alice;

    @BeforeEach
    void people() {
        root = stage.admin("root");
        alice = stage.user("alice", Stage.on(Role.OPERATOR, "shop", "blog"));
    }

    private Optional<Principal> principal(IssuedToken token) {
        return access.tokens().principal(token.secret().text());
    }

    @Test
    void a_token_stands_for_its_owner_within_its_own_limits() {
        IssuedToken token = stage.token(alice, Stage.on(Role.VIEWER, "shop"), Optional.empty());
        Principal principal = principal(token).orElseThrow();
        assertThat(principal.user()).isEqualTo(alice.id());
        assertThat(principal.actor()).isEqualTo("alice (token ci)");
        assertThat(principal.may(Role.VIEWER, "shop")).isTrue();
        assertThat(principal.may(Role.OPERATOR, "shop")).isFalse();
        assertThat(principal.may(Role.VIEWER, "blog")).isFalse();
    }

    @Test
    void its_text_can_be_found_by_scanners_and_is_not_in_the_catalog() {
        IssuedToken token = stage.token(alice, Stage.on(Role.VIEWER, "shop"), Optional.empty());
        assertThat(token.secret().text()).matches("hf_[A-Za-z0-9_-]{43}");
        String stored = stage.catalog
                .jdbi()
                .withHandle(h -> h.createQuery("SELECT secret FROM access_token")
                        .mapTo(String.class)
                        .one());
        assertThat(stored).isEqualTo(OpaqueSecret.hash(token.secret().text()));
        assertThat(access.tokens().principal(stored)).isEmpty();
        assertThat(access.tokens().principal("hf_" + stored)).isEmpty();
        assertThat(access.tokens().principal("hf_")).isEmpty();
    }

    @Test
    void nobody_makes_a_token_that_may_more_than_its_owner() {
        for (Grant wide : List.of(
                Stage.on(Role.ADMIN, "shop"),
                Grant.everywhere(Role.OPERATOR),
                Stage.on(Role.OPERATOR, "shop", "wiki"))) {
            assertThatThrownBy(() -> stage.token(alice, wide, Optional.empty()))
                    .isInstanceOf(AccessDenied.class)
                    .hasMessageContaining("'alice'");
        }
        assertThatThrownBy(() -> access.tokens()
                        .issue(
                                stage.signedIn(root),
                                new NewToken(alice.id(), "ci", Grant.everywhere(Role.ADMIN), Optional.empty())))
                .isInstanceOf(AccessDenied.class);
    }

    @Test
    void only_an_administrator_makes_tokens_for_others() {
        NewToken wanted = new NewToken(alice.id(), "ci", Stage.on(Role.VIEWER, "shop"), Optional.empty());
        assertThat(access.tokens().issue(stage.signedIn(root), wanted).token().owner())
                .isEqualTo(alice.id());
        User bob = stage.user("bob", Stage.on(Role.ADMIN, "shop"));
        assertThatThrownBy(() -> access.tokens().issue(stage.signedIn(bob), wanted))
                .isInstanceOf(AccessDenied.class);
    }

    @Test
    void a_token_makes_no_token() {
        Principal token = principal(stage.token(root, Grant.everywhere(Role.ADMIN), Optional.empty()))
                .orElseThrow();
        NewToken wanted = new NewToken(root.id(), "more", Grant.everywhere(Role.VIEWER), Optional.empty());
        assertThatThrownBy(() -> access.tokens().issue(token, wanted)).isInstanceOf(AccessDenied.class);
        Principal jwt = new Principal(root.id(), root.name(), root.grant(), new Credential.OfJwt(token.token()));
        assertThatThrownBy(() -> access.tokens().issue(jwt, wanted)).isInstanceOf(AccessDenied.class);
    }

    @Test
    void what_its_owner_loses_it_loses_at_once() {
        IssuedToken token = stage.token(alice, alice.grant(), Optional.empty());
        access.users().changeGrant(alice.id(), Stage.on(Role.VIEWER, "blog", "wiki"));
        assertThat(principal(token).orElseThrow().grant()).isEqualTo(Stage.on(Role.VIEWER, "blog"));
        access.users().disable(alice.id());
        assertThat(principal(token)).isEmpty();
        access.users().enable(alice.id());
        assertThat(principal(token)).isPresent();
        access.users().remove(alice.id());
        assertThat(principal(token)).isEmpty();
    }

    @Test
    void it_ends_when_it_expires() {
        IssuedToken token = stage.token(alice, alice.grant(), Optional.of(Duration.ofDays(1)));
        stage.clock.advance(Duration.ofDays(1).minusMillis(1));
        assertThat(principal(token)).isPresent();
        assertThat(access.tokens().principal(token.token().id())).isPresent();
        stage.clock.advance(Duration.ofMillis(1));
        assertThat(principal(token)).isEmpty();
        assertThat(access.tokens().principal(token.token().id())).isEmpty();
        assertThatThrownBy(() -> stage.token(alice, alice.grant(), Optional.of(Duration.ZERO)))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void it_ends_when_it_is_revoked() {
        IssuedToken token = stage.token(alice, alice.grant(), Optional.empty());
        assertThat(access.tokens().revoke(token.token().id())).isTrue();
        assertThat(principal(token)).isEmpty();
        assertThat(access.tokens().revoke(token.token().id())).isFalse();
    }

    @Test
    void its_last_use_is_known_to_the_minute() {
        IssuedToken token = stage.token(alice, alice.grant(), Optional.empty());
        assertThat(used(token)).isEmpty();
        Instant first = stage.clock.instant();
        principal(token);
        stage.clock.advance(Duration.ofSeconds(59));
        principal(token);
        assertThat(used(token)).contains(first);
        stage.clock.advance(Duration.ofSeconds(2));
        principal(token);
        assertThat(used(token)).contains(stage.clock.instant());
    }

    private Optional<Instant> used(IssuedToken token) {
        return access.tokens().find(token.token().id()).orElseThrow().used();
    }

    @Test
    void tokens_are_listed_newest_first_by_owner_or_all() {
        for (int i = 0; i < 5; i++) {
            stage.token(alice, alice.grant(), Optional.empty());
            stage.token(root, root.grant(), Optional.empty());
            stage.clock.advance(Duration.ofMillis(1));
        }
        List<ApiToken> alices = access.tokens().list(Optional.of(alice.id()), Optional.empty(), 3);
        assertThat(alices).hasSize(3).allMatch(t -> t.owner().equals(alice.id()));
        assertThat(access.tokens()
                        .list(
                                Optional.of(alice.id()),
                                Optional.of(alices.getLast().id()),
                                3))
                .hasSize(2);
        assertThat(access.tokens().list(Optional.empty(), Optional.empty(), 100))
                .hasSize(10);
    }

    @Test
    void a_label_is_visible_and_short() {
        for (String label : List.of("", "  ", "a\nb", "x".repeat(101), "a\u0000")) {
            assertThatThrownBy(() -> access.tokens()
                            .issue(
                                    stage.signedIn(alice),
                                    new NewToken(alice.id(), label, alice.grant(), Optional.empty())))
                    .isInstanceOf(Invalid.class);
        }
    }

    @Test
    void a_token_of_somebody_the_provider_vouches_for_ends_soon_enough() {
        User dave = access.users()
                .admit(new Origin.Provider("https://id.example.org", "d"), "dave", Grant.everywhere(Role.VIEWER));
        assertThatThrownBy(() -> stage.token(dave, dave.grant(), Optional.empty()))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("within 90 days");
        assertThatThrownBy(() -> stage.token(dave, dave.grant(), Optional.of(Duration.ofDays(91))))
                .isInstanceOf(Invalid.class);
        assertThat(principal(stage.token(dave, dave.grant(), Optional.of(Duration.ofDays(90)))))
                .isPresent();
    }
}
