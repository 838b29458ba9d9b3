package dev.holdfast.control.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.config.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AlarmsTest {
    private static final Instant NOW = Notices.NOON;

    @Test
    void a_failed_backup_begins_an_incident_that_says_why_and_what_to_do() {
        Alarm.Raised raised = raised(Facts.run("backup", RunOutcome.FAILED, NOW));

        assertThat(raised.name()).isEqualTo("failure/shop/backup");
        assertThat(raised.notice().kind()).isEqualTo(NoticeKind.FAILURE);
        assertThat(raised.notice().urgency()).isEqualTo(Urgency.URGENT);
        assertThat(raised.notice().title()).isEqualTo("shop: backup failed");
        assertThat(raised.notice().text()).isEqualTo("'offsite' does not answer\nlook at its URL.");
        assertThat(raised.notice().details())
                .contains(new Detail("took", "42 s"), new Detail("code", "store-unavailable"));
        assertThat(raised.notice().run().orElseThrow().logTail()).endsWith("last line\n");
    }

    @Test
    void a_run_that_is_tried_again_has_not_failed_yet() {
        assertThat(alarms(Facts.retried(Facts.run("backup", RunOutcome.FAILED, NOW))))
                .isEmpty();
        assertThat(alarms(Facts.retried(Facts.run("backup", RunOutcome.ABANDONED, NOW))))
                .isEmpty();
    }

    @Test
    void a_run_that_somebody_ended_is_no_alarm_and_ends_none() {
        assertThat(alarms(Facts.run("backup", RunOutcome.CANCELLED, NOW))).isEmpty();
    }

    @Test
    void a_clean_up_that_fails_has_a_kind_of_its_own() {
        assertThat(raised(Facts.run("prune", RunOutcome.FAILED, NOW)).notice().kind())
                .isEqualTo(NoticeKind.CLEAN_UP_FAILING);
        assertThat(raised(Facts.run("retention", RunOutcome.FAILED, NOW)).name())
                .isEqualTo("clean-up-failing/shop/retention");
    }

    @Test
    void a_restore_that_fails_is_told_once_because_no_later_one_could_end_an_incident() {
        assertThat(alarms(Facts.run("restore", RunOutcome.FAILED, NOW)))
                .singleElement()
                .isInstanceOf(Alarm.Told.class);
    }

    @Test
    void a_good_run_ends_all_that_was_wrong_with_its_kind_and_says_success() {
        List<Alarm> alarms = alarms(Facts.run("backup", RunOutcome.SUCCEEDED, NOW));

        assertThat(((Alarm.Over) alarms.get(0)).names())
                .contains("failure/shop/backup", "missed/shop/backup", "late/shop/backup", "attention/shop/backup")
                .noneMatch(name -> name.contains("prune"));
        assertThat(((Alarm.Told) alarms.get(1)).notice().kind()).isEqualTo(NoticeKind.SUCCESS);
    }

    @Test
    void a_run_that_needs_attention_is_an_incident_only_if_it_found_something() {
        Fact.RunEnded run = Facts.run("backup", RunOutcome.ATTENTION, NOW);

        assertThat(alarms(run)).noneMatch(alarm -> alarm instanceof Alarm.Raised);
        Alarm.Raised raised = raised(Facts.found(run, "a", "b", "c", "d", "e", "f", "g"));
        assertThat(raised.notice().kind()).isEqualTo(NoticeKind.ATTENTION);
        assertThat(raised.notice().text()).isEqualTo("a\nb\nc\nd\ne\n... and 2 more.");
    }

    @Test
    void a_missed_run_takes_the_place_of_a_late_one() {
        List<Alarm> alarms = alarms(new Fact.RunOverdue(
                "shop", "backup", NOW.minusSeconds(3600), true, Optional.of(NOW.minusSeconds(90_000)), NOW));

        assertThat(alarms.get(0)).isInstanceOfSatisfying(Alarm.Over.class, over -> {
            assertThat(over.names()).containsExactly("late/shop/backup");
            assertThat(over.quiet()).isTrue();
        });
        assertThat(((Alarm.Raised) alarms.get(1)).notice().text())
                .isEqualTo("It was due at 2026-11-20 11:00 UTC. The last good one ended at 2026-11-19 11:00 UTC.");
        assertThat(alarms(new Fact.RunOverdue("shop", "backup", NOW, false, Optional.empty(), NOW)))
                .singleElement()
                .isInstanceOfSatisfying(
                        Alarm.Raised.class,
                        late -> assertThat(late.notice().kind()).isEqualTo(NoticeKind.LATE));
        assertThat(alarms(Facts.run("backup", RunOutcome.MISSED, NOW)).get(1))
                .isInstanceOfSatisfying(
                        Alarm.Raised.class, missed -> assertThat(missed.name()).isEqualTo("missed/shop/backup"));
    }

    @Test
    void a_copy_that_is_behind_is_an_alarm_after_a_while() {
        AlarmLimits limits = new AlarmLimits(
                Optional.empty(), Duration.ofHours(6), Duration.ofDays(21), 50, 100, ByteSize.mebibytes(1));
        Alarm.Raised raised = (Alarm.Raised)
                Alarms.of(new Fact.DestinationSeen("shop", "offsite", false, "it does not answer", NOW), limits)
                        .getFirst();

        assertThat(raised.name()).isEqualTo("copy-behind/shop/offsite");
        assertThat(raised.grace()).isEqualTo(Duration.ofHours(6));
        assertThat(alarms(new Fact.DestinationSeen("shop", "offsite", true, "", NOW)))
                .singleElement()
                .isInstanceOf(Alarm.Over.class);
    }

    @Test
    void storage_is_an_alarm_above_its_limit_and_over_clearly_below() {
        AlarmLimits limits = new AlarmLimits(
                Optional.of(new ByteSize(1000)), Duration.ZERO, Duration.ofDays(21), 50, 100, ByteSize.mebibytes(1));

        assertThat(stored(1001, limits)).singleElement().isInstanceOf(Alarm.Raised.class);
        assertThat(stored(1000, limits)).isEmpty();
        assertThat(stored(951, limits)).isEmpty();
        assertThat(stored(950, limits)).singleElement().isInstanceOf(Alarm.Over.class);
        assertThat(stored(1001, AlarmLimits.USUAL)).singleElement().isInstanceOf(Alarm.Over.class);
    }

    @Test
    void what_shrank_is_one_incident_for_the_stack() {
        Alarm.Raised raised = raised(new Fact.SizesSeen(
                "shop",
                "snap-2",
                List.of(rows("a", 0), rows("b", 0), rows("c", 10)),
                List.of(List.of(rows("a", 5), rows("b", 9), rows("c", 10))),
                NOW));

        assertThat(raised.name()).isEqualTo("shrank/shop/");
        assertThat(raised.notice().title()).isEqualTo("shop: db a and 1 more suddenly shrank");
        assertThat(raised.notice().details())
                .containsExactly(
                        new Detail("snapshot", "snap-2"),
                        new Detail("db a", "5 rows or entries before, 0 now"),
                        new Detail("db b", "9 rows or entries before, 0 now"));
    }

    @Test
    void what_is_about_to_end_is_more_urgent_the_nearer_it_is() {
        assertThat(ending(Duration.ofDays(22)).getFirst()).isInstanceOf(Alarm.Over.class);
        assertThat(((Alarm.Raised) ending(Duration.ofDays(20)).getFirst())
                        .notice()
                        .urgency())
                .isEqualTo(Urgency.WARNING);
        Notice soon = ((Alarm.Raised) ending(Duration.ofDays(3)).getFirst()).notice();
        assertThat(soon.urgency()).isEqualTo(Urgency.URGENT);
        assertThat(soon.title()).isEqualTo("certificate 'backup.example.org' ends in 3 d 0 h");
        assertThat(((Alarm.Raised) ending(Duration.ofDays(-1)).getFirst())
                        .notice()
                        .title())
                .endsWith("has ended");
    }

    private static List<Alarm> stored(long bytes, AlarmLimits limits) {
        return Alarms.of(new Fact.StorageSeen("shop", "local", bytes, NOW), limits);
    }

    private static List<Alarm> ending(Duration left) {
        return alarms(new Fact.ExpirySeen(Optional.empty(), "certificate", "backup.example.org", NOW.plus(left), NOW));
    }

    private static Fact.PartSize rows(String table, long rows) {
        return new Fact.PartSize("db", table, OptionalLong.of(rows), 0);
    }

    private static Alarm.Raised raised(Fact fact) {
        return alarms(fact).stream()
                .flatMap(alarm -> alarm instanceof Alarm.Raised raised ? Stream.of(raised) : Stream.empty())
                .findFirst()
                .orElseThrow();
    }

    private static List<Alarm> alarms(Fact fact) {
        return Alarms.of(fact, AlarmLimits.USUAL);
    }
}
