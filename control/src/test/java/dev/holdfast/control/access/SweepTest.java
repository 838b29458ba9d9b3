package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SweepTest extends OnEveryDatabase {
    private static final Duration KEPT = Duration.ofDays(1100);

    @Test
    void tokens_that_are_over_are_listed_for_a_month_and_then_gone() {
        User anna = stage.admin("anna");
        IssuedToken passing = stage.token(anna, anna.grant(), Optional.of(Duration.ofDays(1)));
        IssuedToken lasting = stage.token(anna, anna.grant(), Optional.empty());
        stage.clock.advance(Duration.ofDays(30));
        access.sweep(KEPT);
        assertThat(access.tokens().find(passing.token().id())).isPresent();
        stage.clock.advance(Duration.ofDays(2));
        access.sweep(KEPT);
        assertThat(access.tokens().find(passing.token().id())).isEmpty();
        assertThat(access.tokens().find(lasting.token().id())).isPresent();
    }

    @Test
    void the_trail_of_long_ago_is_removed_and_the_trail_says_so() {
        access.audit().record(entry("old"));
        stage.clock.advance(KEPT.minusDays(1));
        access.audit().record(entry("young"));
        access.sweep(KEPT);
        assertThat(stage.trail()).extracting(found -> found.entry().action()).containsExactly("young", "old");
        stage.clock.advance(Duration.ofDays(2));
        access.sweep(KEPT);
        assertThat(stage.trail())
                .extracting(found -> found.entry().action())
                .containsExactlyInAnyOrder("audit.sweep", "young");
        assertThat(stage.trail()).anyMatch(found -> found.entry().detail().startsWith("1 entries from before"));
        access.sweep(KEPT);
        assertThat(stage.trail()).hasSize(2);
    }

    private static AuditEntry entry(String action) {
        return new AuditEntry(Actor.SERVER, action, "", Optional.empty(), Caller.LOCAL, Outcome.DONE, "");
    }
}
