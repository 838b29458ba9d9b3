package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.control.access.DownloadLinks.Use;
import dev.holdfast.control.catalog.Seal;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DownloadLinksTest extends OnEveryDatabase {
    private static final Duration LIFE = Duration.ofMinutes(15);
    private static final SecureRandom RANDOM = new SecureRandom();

    private Seal seal;
    private DownloadLinks links;
    private User anna;

    @BeforeEach
    void make() {
        seal = Seal.with(folder.resolve("seal.key"), RANDOM);
        links = links(seal);
        anna = stage.admin("anna");
        stage.admin("bert");
    }

    private DownloadLinks links(Seal with) {
        return DownloadLinks.in(stage.catalog, with, access, stage.clock, RANDOM);
    }

    private String link(Principal by) {
        return links.issue(by, "one thing", LIFE).text().text();
    }

    @Test
    void a_link_says_what_and_who_until_its_end_and_at_every_server() {
        DownloadLinks.Issued issued = links.issue(stage.signedIn(anna), "one thing", LIFE);
        assertThat(issued.expires()).isEqualTo(stage.clock.instant().plus(LIFE));
        assertThat(links(Seal.with(folder.resolve("seal.key"), RANDOM))
                        .use(issued.text().text()))
                .isEqualTo(new Use.Good(issued.id(), Actor.of(anna), anna.grant(), "one thing"));
        stage.clock.advance(LIFE.minusMillis(1));
        assertThat(links.use(issued.text().text())).isInstanceOf(Use.Good.class);
        stage.clock.advance(Duration.ofMillis(1));
        assertThat(links.use(issued.text().text())).isInstanceOf(Use.Worthless.class);
        assertThat(issued.toString()).doesNotContain(issued.text().text());
    }

    @Test
    void what_is_changed_in_any_character_is_worth_nothing() {
        String text = link(stage.signedIn(anna));
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(links.use(text.substring(0, i) + other + text.substring(i + 1)))
                    .as("character %s", i)
                    .isInstanceOf(Use.Worthless.class);
        }
        for (String wrong : new String[] {"", ".", "x", text + "A", "A" + text, text.substring(1), text + ".x"}) {
            assertThat(links.use(wrong)).as(wrong).isInstanceOf(Use.Worthless.class);
        }
    }

    @Test
    void without_the_key_it_was_signed_with_a_link_is_worth_nothing() {
        String text = link(stage.signedIn(anna));
        stage.catalog.jdbi().useHandle(handle -> handle.execute("DELETE FROM access_link_key"));
        assertThat(links.use(text)).isInstanceOf(Use.Worthless.class);
        String another = link(stage.signedIn(anna));
        assertThat(links.use(text)).isInstanceOf(Use.Worthless.class);
        assertThat(links.use(another)).isInstanceOf(Use.Good.class);
        assertThatThrownBy(() -> links(Seal.with(folder.resolve("other.key"), RANDOM))
                        .issue(stage.signedIn(anna), "one thing", LIFE))
                .isInstanceOf(Missing.class);
    }

    @Test
    void a_link_permits_what_its_maker_may_now() {
        User olga = stage.user("olga", Grant.everywhere(Role.OPERATOR));
        String text = link(stage.signedIn(olga));
        access.users().changeGrant(olga.id(), Stage.on(Role.VIEWER, "shop"));
        assertThat(links.use(text)).extracting("grant").isEqualTo(Stage.on(Role.VIEWER, "shop"));
    }

    @Test
    void a_link_dies_when_its_maker_is_disabled_and_stays_dead() {
        String text = link(stage.signedIn(anna));
        access.users().disable(anna.id());
        assertThat(links.use(text)).isInstanceOf(Use.Orphaned.class);
        access.users().enable(anna.id());
        assertThat(links.use(text)).isInstanceOf(Use.Orphaned.class);
    }

    @Test
    void a_link_dies_with_its_makers_password_and_with_its_maker() {
        String text = link(stage.signedIn(anna));
        access.users().resetPassword(anna.id(), new Secret("five other random words"));
        assertThat(links.use(text)).isInstanceOf(Use.Orphaned.class);
        String another = link(stage.signedIn(anna));
        access.users().remove(anna.id());
        assertThat(links.use(another)).isInstanceOf(Use.Orphaned.class);
    }

    @Test
    void a_link_that_was_made_with_a_token_is_bound_to_the_token() {
        Grant narrow = Stage.on(Role.OPERATOR, "shop");
        IssuedToken token = stage.token(anna, narrow, Optional.of(Duration.ofMinutes(5)));
        Principal program = access.tokens().principal(token.secret().text()).orElseThrow();
        String text = link(program);
        assertThat(links.use(text)).extracting("grant").isEqualTo(narrow);
        stage.clock.advance(Duration.ofMinutes(6));
        assertThat(links.use(text)).isInstanceOf(Use.Orphaned.class);

        IssuedToken other = stage.token(anna, narrow, Optional.empty());
        String another = link(access.tokens().principal(other.secret().text()).orElseThrow());
        access.tokens().revoke(other.token().id());
        assertThat(links.use(another)).isInstanceOf(Use.Orphaned.class);
    }

    @Test
    void a_link_lasts_seven_days_at_most_and_has_room_for_a_name_of_usual_length() {
        Principal maker = stage.signedIn(anna);
        assertThatThrownBy(() -> links.issue(maker, "x", DownloadLinks.LONGEST.plusSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> links.issue(maker, "x".repeat(10_000), LIFE)).isInstanceOf(Invalid.class);
        String text = links.issue(maker, "x".repeat(8000), LIFE).text().text();
        assertThat(links.use(text)).isInstanceOf(Use.Good.class);
    }
}
