package dev.holdfast.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AuditTest extends OnEveryDatabase {
    private static AuditEntry entry(Actor actor, String action, String stack, Outcome outcome) {
        return new AuditEntry(actor, action, "stack " + stack, Optional.of(stack), Stage.HOME, outcome, "");
    }

    @Test
    void an_entry_says_who_did_what_to_what_when_from_where_and_what_came_of_it() {
        User alice = stage.admin("alice");
        Principal token = access.tokens()
                .principal(stage.token(alice, Stage.on(Role.OPERATOR, "shop"), Optional.empty())
                        .secret()
                        .text())
                .orElseThrow();
        AuditRecord record = access.audit().record(entry(Actor.of(token), "restore.start", "shop", Outcome.DONE));
        assertThat(stage.trail()).containsExactly(record);
        assertThat(record.at()).isEqualTo(stage.clock.instant());
        assertThat(record.entry().actor())
                .isEqualTo(new Actor("alice (token ci)", Optional.of(alice.id()), token.token()));
    }

    @Test
    void entries_outlive_their_user() {
        stage.admin("root");
        User alice = stage.admin("alice");
        access.audit().record(entry(Actor.of(alice), "stack.change", "shop", Outcome.DONE));
        access.users().remove(alice.id());
        assertThat(stage.trail()).extracting(r -> r.entry().actor().name()).containsExactly("alice");
    }

    @Test
    void nobody_writes_a_second_line() {
        String forged = "x\" outcome=DONE\r\n2026-11-20 INFO DONE action=user.remove\u001b[1A\u202e";
        AuditRecord record = access.audit()
                .record(new AuditEntry(
                        new Actor("eve\n", Optional.empty(), Optional.empty()),
                        forged,
                        forged,
                        Optional.of(forged),
                        new Caller(forged, forged),
                        Outcome.REFUSED,
                        forged));
        AuditEntry kept = stage.trail().getFirst().entry();
        assertThat(kept).isEqualTo(record.entry());
        Stream.of(
                        kept.actor().name(),
                        kept.action(),
                        kept.object(),
                        kept.stack().orElseThrow(),
                        kept.caller().address(),
                        kept.detail())
                .forEach(text -> assertThat(text.chars().noneMatch(c -> c < 32 || c == 0x202e))
                        .isTrue());
        assertThat(kept.detail()).contains("\\u000d\\u000a").contains("\\u001b").contains("\\u202e");
    }

    @Test
    void the_trail_is_read_page_by_page_however_much_comes_in_meanwhile() {
        List<String> written = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            written.addFirst(access.audit()
                    .record(entry(Actor.SERVER, "backup.start", "shop", Outcome.DONE))
                    .id());
            stage.clock.advance(Duration.ofMillis(1));
        }
        List<String> seen = new ArrayList<>();
        Optional<String> before = Optional.empty();
        do {
            List<AuditRecord> page = access.audit().list(AuditFilter.ALL, before, 7);
            page.forEach(record -> seen.add(record.id()));
            before = page.isEmpty()
                    ? Optional.empty()
                    : Optional.of(page.getLast().id());
            access.audit().record(entry(Actor.SERVER, "backup.start", "shop", Outcome.DONE));
        } while (before.isPresent());
        assertThat(seen).isEqualTo(written);
    }

    @Test
    void it_can_be_narrowed_by_each_of_its_columns() {
        User alice = stage.admin("alice");
        Instant begin = stage.clock.instant();
        access.audit().record(entry(Actor.of(alice), "restore.start", "shop", Outcome.DONE));
        stage.clock.advance(Duration.ofHours(1));
        access.audit().record(entry(Actor.UNKNOWN, "restore.start", "shop2", Outcome.REFUSED));
        access.audit().record(entry(Actor.SERVER, "backup.start", "shop", Outcome.FAILED));

        assertThat(count(Optional.of(alice.id()), null, null, null, null, null)).isEqualTo(1);
        assertThat(count(Optional.empty(), "restore.start", null, null, null, null))
                .isEqualTo(2);
        assertThat(count(Optional.empty(), "restore", null, null, null, null)).isZero();
        assertThat(count(Optional.empty(), null, "shop", null, null, null)).isEqualTo(2);
        assertThat(count(Optional.empty(), null, null, Outcome.REFUSED, null, null))
                .isEqualTo(1);
        assertThat(count(Optional.empty(), null, null, null, begin.plusSeconds(1), null))
                .isEqualTo(2);
        assertThat(count(Optional.empty(), null, null, null, null, begin.plusSeconds(1)))
                .isEqualTo(1);
        assertThat(count(Optional.empty(), "restore.start", "shop", Outcome.DONE, begin, begin.plusSeconds(1)))
                .isEqualTo(1);
    }

    private int count(Optional<UserId> user, String action, String stack, Outcome outcome, Instant from, Instant to) {
        AuditFilter filter = new AuditFilter(
                user,
                Optional.ofNullable(action),
                Optional.ofNullable(stack),
                Optional.ofNullable(outcome),
                Optional.ofNullable(from),
                Optional.ofNullable(to));
        return access.audit().list(filter, Optional.empty(), 100).size();
    }

    @Test
    void an_id_that_is_none_begins_at_the_newest() {
        access.audit().record(entry(Actor.SERVER, "backup.start", "shop", Outcome.DONE));
        assertThat(access.audit().list(AuditFilter.ALL, Optional.of("' OR 1=1 \u0000"), 10))
                .hasSize(1);
    }
}
