package dev.holdfast.control.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.control.retention.RetentionPlan.Decision;
import dev.holdfast.control.retention.RetentionPlan.Rule;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    private final SecureRandom ids = new SecureRandom();
    private final Set<Snapshot> pinned = new HashSet<>();
    private final Set<Snapshot> proven = new HashSet<>();
    private final RetentionFacts facts = new RetentionFacts() {
        @Override
        public boolean isPinned(Snapshot snapshot) {
            return pinned.contains(snapshot) || RetentionFacts.super.isPinned(snapshot);
        }

        @Override
        public boolean isProven(Snapshot snapshot) {
            return proven.contains(snapshot);
        }
    };

    private static Part part(String name, long entries) {
        return new Part(
                name,
                "postgres",
                "there",
                Optional.empty(),
                entries,
                entries * 10,
                Map.of(),
                new Part.Statistics(0, 0, 0, 0, 0, 0, 0));
    }

    private Snapshot snapshot(String stack, Instant began, Map<String, String> labels, Part... parts) {
        return snapshot(began, stack, began, labels, parts);
    }

    private Snapshot snapshot(Instant made, String stack, Instant began, Map<String, String> labels, Part... parts) {
        return new Snapshot(
                SnapshotId.at(made, ids),
                stack,
                began,
                began.plusSeconds(60),
                "host",
                "0.1.0",
                List.of(parts),
                labels,
                List.of(),
                1);
    }

    /** One a day, the last one at noon. */
    private List<Snapshot> days(int count) {
        List<Snapshot> days = new ArrayList<>();
        for (int i = count - 1; i >= 0; i--) {
            days.add(shop(NOON.minus(DAY.multipliedBy(i))));
        }
        return days;
    }

    private Snapshot shop(Instant began) {
        return snapshot("shop", began, Map.of(), part("database", 5), part("media", 5));
    }

    private RetentionPlan plan(RetentionPolicy policy, List<Snapshot> all) {
        return plan(policy, all, NOON);
    }

    private RetentionPlan plan(RetentionPolicy policy, List<Snapshot> all, Instant now) {
        return new Retention(policy, facts, Set.of("database", "media")).plan(all, "shop", now);
    }

    private static RetentionPolicy.Builder policy() {
        return RetentionPolicy.builder().minimum(1);
    }

    private static List<String> reasons(RetentionPlan plan, Snapshot snapshot) {
        return plan.decisions().stream()
                .filter(decision -> decision.snapshot().equals(snapshot))
                .flatMap(decision -> decision.reasons().stream())
                .map(Object::toString)
                .toList();
    }

    @Test
    void the_seven_days_of_the_teams_leave_seven_daily_snapshots() {
        List<Snapshot> all = days(20);

        RetentionPlan plan = plan(policy().days(7).build(), all);

        assertThat(plan.kept()).containsExactlyElementsOf(all.subList(13, 20).reversed());
        assertThat(plan.removed()).containsExactlyElementsOf(all.subList(0, 13).reversed());
        assertThat(reasons(plan, all.get(13))).containsExactly("days 2026-11-14");
        assertThat(reasons(plan, all.getLast())).containsExactly("minimum", "days 2026-11-20");
    }

    @Test
    void keeping_days_keeps_all_of_a_day() {
        List<Snapshot> all = List.of(shop(NOON.minus(DAY).minusSeconds(3600)), shop(NOON.minus(DAY)), shop(NOON));

        assertThat(plan(policy().days(2).build(), all).removed()).isEmpty();
        assertThat(plan(policy().daily(2).build(), all).removed()).containsExactly(all.getFirst());
    }

    @Test
    void every_period_keeps_its_newest() {
        List<Snapshot> all = days(800);

        RetentionPlan plan =
                plan(policy().last(2).daily(3).weekly(3).monthly(3).yearly(3).build(), all);

        assertThat(plan.kept())
                .extracting(snapshot -> snapshot.began().toString().substring(0, 10))
                .containsExactly(
                        "2026-11-20",
                        "2026-11-19",
                        "2026-11-18",
                        "2026-11-15",
                        "2026-11-08",
                        "2026-10-31",
                        "2026-09-30",
                        "2025-12-31",
                        "2024-12-31");
        assertThat(reasons(plan, plan.kept().getFirst()))
                .containsExactly(
                        "minimum", "last", "daily 2026-11-20", "weekly 2026-W47", "monthly 2026-11", "yearly 2026");
        assertThat(reasons(plan, plan.kept().get(7))).containsExactly("yearly 2025");
    }

    @Test
    void hours_are_those_of_the_zone_and_the_one_that_comes_twice_is_two() {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        List<Snapshot> all = new ArrayList<>();
        for (Instant time = Instant.parse("2026-10-25T00:00:00Z");
                time.isBefore(Instant.parse("2026-10-25T04:00:00Z"));
                time = time.plusSeconds(1800)) {
            all.add(shop(time));
        }

        assertThat(plan(policy().hourly(3).zone(berlin).build(), all).kept())
                .extracting(Snapshot::began)
                .containsExactly(
                        Instant.parse("2026-10-25T03:30:00Z"),
                        Instant.parse("2026-10-25T02:30:00Z"),
                        Instant.parse("2026-10-25T01:30:00Z"));
    }

    @Test
    void a_span_is_counted_from_the_newest_snapshot_and_not_from_now() {
        List<Snapshot> all = days(10);

        RetentionPlan plan = plan(policy().within(Duration.ofDays(3)).build(), all, NOON.plus(Duration.ofDays(100)));

        assertThat(plan.kept()).containsExactlyElementsOf(all.subList(6, 10).reversed());
    }

    @Test
    void a_policy_without_a_rule_keeps_everything() {
        RetentionPlan plan = plan(policy().build(), days(5));

        assertThat(plan.removed()).isEmpty();
        assertThat(plan.decisions().getLast().reasons())
                .extracting(RetentionPlan.Reason::rule)
                .containsExactly(Rule.EVERYTHING);
    }

    @Test
    void a_name_that_begins_like_another_is_another() {
        Snapshot mine = snapshot("app", NOON.minus(DAY), Map.of(), part("database", 5));
        Snapshot newer = snapshot("app", NOON, Map.of(), part("database", 5));
        Snapshot neighbour = snapshot("app_test", NOON.minus(DAY.multipliedBy(9)), Map.of(), part("database", 5));

        RetentionPlan plan = new Retention(policy().last(1).build(), facts, Set.of())
                .plan(List.of(mine, newer, neighbour), "app", NOON);

        assertThat(plan.decisions()).extracting(Decision::snapshot).containsExactly(newer, mine);
        assertThat(plan.removed()).containsExactly(mine);
    }

    @Test
    void what_is_pinned_or_has_a_label_is_kept_and_not_counted_instead_of_another() {
        List<Snapshot> all = days(5);
        Snapshot release = snapshot(
                "shop",
                NOON.minus(DAY.multipliedBy(30)),
                Map.of("release", "2.0"),
                part("database", 5),
                part("media", 5));
        Snapshot legal = snapshot(
                "shop", NOON.minus(DAY.multipliedBy(31)), Map.of("pin", ""), part("database", 5), part("media", 5));
        all.addFirst(release);
        all.addFirst(legal);
        pinned.add(all.get(2));

        RetentionPlan plan = plan(policy().daily(2).labels(Set.of("release")).build(), all);

        assertThat(plan.kept()).containsExactly(all.get(6), all.get(5), all.get(2), release, legal);
        assertThat(reasons(plan, release)).containsExactly("label release=2.0");
        assertThat(reasons(plan, legal)).containsExactly("pinned");
        assertThat(plan(policy().daily(2).labels(Set.of("release=1.0")).build(), all)
                        .removed())
                .contains(release);
    }

    @Test
    void the_minimum_is_kept_whatever_the_rules_say() {
        List<Snapshot> all = days(10);

        assertThat(plan(RetentionPolicy.builder().last(1).minimum(4).build(), all)
                        .kept())
                .containsExactlyElementsOf(all.subList(6, 10).reversed());
    }

    @Test
    void the_newest_proven_ones_stay_until_newer_ones_are_proven() {
        List<Snapshot> all = days(10);
        proven.add(all.get(0));
        proven.add(all.get(1));

        RetentionPlan plan = plan(policy().daily(3).build(), all);

        assertThat(plan.kept()).containsExactly(all.get(9), all.get(8), all.get(7), all.get(1));
        assertThat(reasons(plan, all.get(1))).containsExactly("proven");
    }

    @Test
    void a_day_keeps_its_proven_snapshot_rather_than_its_newest() {
        List<Snapshot> all = List.of(shop(NOON.minus(DAY).minusSeconds(7200)), shop(NOON.minus(DAY)), shop(NOON));
        proven.add(all.getFirst());

        RetentionPlan plan = plan(policy().daily(2).build(), all);

        assertThat(plan.kept()).containsExactly(all.get(2), all.get(0));
    }

    @Test
    void a_day_keeps_a_whole_snapshot_rather_than_a_proven_one_of_some_sources() {
        List<Snapshot> all = List.of(
                snapshot("shop", NOON.minus(DAY).minusSeconds(7200), Map.of(), part("database", 5)),
                shop(NOON.minus(DAY)),
                shop(NOON));
        proven.add(all.getFirst());

        assertThat(plan(policy().daily(2).build(), all).kept()).contains(all.get(2), all.get(1));
    }

    @Test
    void a_snapshot_of_some_sources_pushes_no_whole_one_out() {
        List<Snapshot> all = days(4);
        Snapshot some = snapshot("shop", NOON.plusSeconds(60), Map.of(), part("database", 5));
        Snapshot old = snapshot("shop", NOON.minus(DAY.multipliedBy(3)).plusSeconds(60), Map.of(), part("database", 5));
        all.add(1, old);
        all.add(some);

        RetentionPlan plan = plan(policy().daily(2).last(1).build(), all);

        assertThat(plan.kept()).containsExactly(some, all.get(4), all.get(3));
        assertThat(plan.removed()).contains(old);
    }

    @Test
    void a_source_that_was_added_or_taken_away_later_leaves_the_earlier_snapshots_whole() {
        List<Snapshot> all = new ArrayList<>();
        for (int i = 6; i > 3; i--) {
            all.add(snapshot("shop", NOON.minus(DAY.multipliedBy(i)), Map.of(), part("database", 5)));
        }
        for (int i = 3; i > 1; i--) {
            all.add(snapshot(
                    "shop",
                    NOON.minus(DAY.multipliedBy(i)),
                    Map.of(),
                    part("database", 5),
                    part("media", 5),
                    part("old", 1)));
        }
        all.addAll(days(2));

        assertThat(plan(policy().daily(6).build(), all).kept()).hasSize(6);
        assertThat(plan(policy().daily(6).build(), all).removed()).containsExactly(all.getFirst());
    }

    @Test
    void the_databases_of_a_whole_server_come_and_go() {
        List<Snapshot> all = List.of(
                snapshot("shop", NOON.minus(DAY.multipliedBy(2)), Map.of(), part("server/a", 5), part("server/b", 5)),
                snapshot("shop", NOON.minus(DAY), Map.of(), part("server/a", 5)),
                snapshot("shop", NOON, Map.of(), part("server/a", 5)));

        assertThat(new Retention(policy().last(2).build(), facts, Set.of("server"))
                        .plan(all, "shop", NOON)
                        .removed())
                .containsExactly(all.getFirst());
    }

    @Test
    void snapshots_with_an_empty_part_never_push_out_the_last_full_ones() {
        List<Snapshot> all = days(5);
        for (int i = 1; i <= 30; i++) {
            all.add(snapshot("shop", NOON.plus(DAY.multipliedBy(i)), Map.of(), part("database", 0), part("media", 5)));
        }

        RetentionPlan plan = plan(policy().days(3).daily(3).last(3).build(), all, NOON.plus(DAY.multipliedBy(40)));

        assertThat(plan.kept()).containsAll(all.subList(2, 5)).doesNotContain(all.get(1));
    }

    @Test
    void an_empty_part_that_was_proven_to_be_right_counts() {
        List<Snapshot> all = days(3);
        Snapshot emptied = snapshot("shop", NOON.plus(DAY), Map.of(), part("database", 0), part("media", 5));
        Snapshot after =
                snapshot("shop", NOON.plus(DAY.multipliedBy(2)), Map.of(), part("database", 0), part("media", 5));
        all.add(emptied);
        all.add(after);
        proven.add(emptied);

        assertThat(plan(policy().last(2).build(), all, NOON.plus(DAY.multipliedBy(3)))
                        .kept())
                .containsExactly(after, emptied);
    }

    @Test
    void a_clock_that_went_back_removes_nothing_more() {
        List<Snapshot> all = days(30);
        RetentionPolicy policy = policy().daily(7).build();
        Set<Snapshot> before = Set.copyOf(plan(policy, all).kept());

        assertThat(plan(policy, all, NOON.minus(DAY.multipliedBy(3))).kept()).containsAll(before);
        RetentionPlan longAgo = plan(policy, all, Instant.EPOCH);
        assertThat(longAgo.removed()).isEmpty();
        assertThat(reasons(longAgo, all.getFirst())).containsExactly("clock made later than now");
    }

    @Test
    void a_clock_that_jumped_ahead_ages_nothing_by_itself() {
        List<Snapshot> all = days(30);
        RetentionPolicy policy =
                policy().days(7).daily(7).within(Duration.ofDays(7)).build();
        Instant later = NOON.plus(Duration.ofDays(10_000));

        assertThat(plan(policy, all, later).kept()).isEqualTo(plan(policy, all).kept());

        Snapshot jumped = shop(later);
        all.add(jumped);
        assertThat(plan(policy, all, later).kept()).hasSize(7).contains(jumped, all.get(29), all.get(24));
    }

    @Test
    void a_snapshot_of_the_future_is_kept_and_not_counted() {
        List<Snapshot> all = days(5);
        Snapshot wrong = snapshot(
                NOON.minusSeconds(60),
                "shop",
                NOON.plus(Duration.ofDays(9999)),
                Map.of(),
                part("database", 5),
                part("media", 5));
        all.add(wrong);

        assertThat(plan(policy().last(2).build(), all).kept()).containsExactlyInAnyOrder(wrong, all.get(4), all.get(3));
    }

    @Test
    void nothing_is_planned_for_a_stack_without_snapshots() {
        assertThat(plan(policy().last(2).build(), List.of()).decisions()).isEmpty();
    }

    /** A random history of two stacks with names alike, wrong clocks, partial and empty snapshots. */
    private List<Snapshot> history(Random random) {
        List<Snapshot> all = new ArrayList<>();
        Instant made = NOON.minus(Duration.ofDays(400));
        int wrongClocks = random.nextBoolean() ? 2 : 0;
        for (int i = random.nextInt(60); i >= 0; i--) {
            made = made.plus(Duration.ofMinutes(1 + random.nextInt(7 * 24 * 60)));
            Instant began =
                    random.nextInt(20) < wrongClocks ? made.plus(Duration.ofDays(random.nextInt(10_000) - 5000)) : made;
            Map<String, String> labels = random.nextInt(10) == 0 ? Map.of("release", "1") : Map.of();
            Part database = part("database", random.nextInt(8) == 0 ? 0 : 5);
            Part[] parts = random.nextInt(6) == 0 ? new Part[] {database} : new Part[] {database, part("media", 5)};
            Snapshot snapshot = snapshot(made, random.nextInt(4) == 0 ? "shop_test" : "shop", began, labels, parts);
            all.add(snapshot);
            if (random.nextInt(12) == 0) {
                pinned.add(snapshot);
            }
            if (random.nextInt(5) == 0) {
                proven.add(snapshot);
            }
        }
        return all;
    }

    private static RetentionPolicy.Builder randomPolicy(Random random) {
        RetentionPolicy.Builder policy = RetentionPolicy.builder()
                .last(random.nextInt(4))
                .hourly(random.nextInt(4))
                .daily(random.nextInt(8))
                .weekly(random.nextInt(5))
                .monthly(random.nextInt(5))
                .yearly(random.nextInt(3))
                .days(random.nextInt(8))
                .minimum(1 + random.nextInt(5))
                .zone(random.nextBoolean() ? ZoneOffset.UTC : ZoneId.of("America/New_York"));
        if (random.nextInt(3) == 0) {
            policy.within(Duration.ofHours(random.nextInt(500)));
        }
        if (random.nextInt(3) == 0) {
            policy.labels(Set.of("release"));
        }
        return policy;
    }

    /** The same policy asking for more in one way. */
    private static RetentionPolicy more(RetentionPolicy policy, Random random) {
        RetentionPolicy.Builder more = RetentionPolicy.builder()
                .last(policy.last() + random.nextInt(3))
                .hourly(policy.hourly() + random.nextInt(3))
                .daily(policy.daily() + random.nextInt(3))
                .weekly(policy.weekly() + random.nextInt(3))
                .monthly(policy.monthly() + random.nextInt(3))
                .yearly(policy.yearly() + random.nextInt(3))
                .days(policy.days() + random.nextInt(3))
                .minimum(policy.minimum() + random.nextInt(3))
                .labels(policy.labels().isEmpty() && random.nextBoolean() ? Set.of("release") : policy.labels())
                .zone(policy.zone());
        policy.within().ifPresent(span -> more.within(span.plusHours(random.nextInt(100))));
        return more.build();
    }

    @Test
    void a_thousand_histories_lose_nothing_foreign_pinned_or_below_the_minimum_and_more_never_keeps_less() {
        int removedAtAll = 0;
        int rightClocks = 0;
        for (int seed = 0; seed < 1000; seed++) {
            Random random = new Random(seed * 0x9E3779B97F4A7C15L);
            pinned.clear();
            proven.clear();
            List<Snapshot> all = history(random);
            RetentionPolicy policy = randomPolicy(random).build();
            Instant now = NOON.plus(Duration.ofDays(random.nextInt(200) - 100));

            RetentionPlan plan = plan(policy, all, now);
            List<Snapshot> mine = all.stream()
                    .filter(snapshot -> snapshot.stack().equals("shop"))
                    .toList();
            Set<Snapshot> kept = Set.copyOf(plan.kept());
            Set<Snapshot> removed = Set.copyOf(plan.removed());
            removedAtAll += removed.size();

            assertThat(plan.decisions())
                    .as("seed %d", seed)
                    .extracting(Decision::snapshot)
                    .containsExactlyInAnyOrderElementsOf(mine);
            assertThat(removed).as("seed %d: nothing pinned", seed).noneMatch(pinned::contains);
            Set<Snapshot> whole = mine.stream()
                    .filter(Wholeness.whole(inOrder(mine), Set.of("database", "media"), facts)::contains)
                    .collect(Collectors.toSet());
            assertThat(whole.stream().filter(kept::contains).count())
                    .as("seed %d: the minimum", seed)
                    .isGreaterThanOrEqualTo(Math.min(policy.minimum(), whole.size()));
            if (!mine.isEmpty()) {
                assertThat(kept).as("seed %d: never empty", seed).isNotEmpty();
            }
            if (!policy.keepsEverything()) {
                assertThat(plan(more(policy, random), all, now).kept())
                        .as("seed %d: monotone", seed)
                        .containsAll(kept);
            }
            List<Snapshot> left =
                    all.stream().filter(snapshot -> !removed.contains(snapshot)).toList();
            if (all.stream().allMatch(snapshot -> snapshot.id().time().equals(snapshot.began()))) {
                rightClocks++;
                // without the earlier ones, one of some sources may look whole
                assertThat(plan(policy, left, now).removed())
                        .as("seed %d: once is enough", seed)
                        .noneMatch(whole::contains);
            }
        }
        assertThat(removedAtAll).isGreaterThan(5000);
        assertThat(rightClocks).isGreaterThan(300);
    }

    @Test
    void snapshots_of_some_sources_do_not_become_whole_by_taking_a_source_out_of_the_stack_file() {
        List<Snapshot> all = new ArrayList<>();
        for (int day = 9; day >= 0; day--) {
            all.add(shop(NOON.minus(DAY.multipliedBy(day))));
            for (int hour = 1; hour < 20 && day > 0; hour++) {
                all.add(snapshot(
                        "shop",
                        NOON.minus(DAY.multipliedBy(day)).plus(Duration.ofHours(hour)),
                        Map.of(),
                        part("database", 5)));
            }
        }
        RetentionPolicy policy = policy().last(5).build();
        List<Snapshot> whole =
                all.stream().filter(one -> one.parts().size() == 2).toList();
        assertThat(plan(policy, all).kept()).containsAll(whole.subList(5, 10));

        assertThat(new Retention(policy, facts, Set.of("database"))
                        .plan(all, "shop", NOON)
                        .kept())
                .containsAll(whole.subList(5, 10));
    }

    @Test
    void the_last_share_of_a_source_that_was_taken_away_or_renamed_stays_until_somebody_removes_it() {
        List<Snapshot> all = days(3);
        for (int i = 1; i <= 60; i++) {
            all.add(snapshot("shop", NOON.plus(DAY.multipliedBy(i)), Map.of(), part("database", 5), part("files", 5)));
        }
        RetentionPlan plan = new Retention(policy().last(2).build(), facts, Set.of("database", "files"))
                .plan(all, "shop", NOON.plus(DAY.multipliedBy(61)));

        assertThat(plan.kept()).containsExactly(all.get(62), all.get(61), all.get(2));
        assertThat(reasons(plan, all.get(2))).containsExactly("source 'media'");
    }

    /** A stack whose sources are added, taken away and renamed over time, with snapshots of some of them and with empty parts. */
    private List<Snapshot> changingHistory(Random random, List<Set<String>> eras) {
        List<String> names = List.of("a", "b", "c", "d");
        List<Snapshot> all = new ArrayList<>();
        Instant made = NOON.minus(Duration.ofDays(300));
        for (int era = random.nextInt(5); era >= 0; era--) {
            List<String> sources = new ArrayList<>(names);
            Collections.shuffle(sources, random);
            sources = sources.subList(0, 1 + random.nextInt(4));
            eras.add(Set.copyOf(sources));
            for (int i = random.nextInt(15); i >= 0; i--) {
                made = made.plus(Duration.ofMinutes(1 + random.nextInt(4 * 24 * 60)));
                List<String> some =
                        random.nextInt(3) > 0 ? sources : sources.subList(0, 1 + random.nextInt(sources.size()));
                Snapshot snapshot = snapshot(
                        "shop",
                        made,
                        Map.of(),
                        some.stream()
                                .map(name -> part(name, random.nextInt(10) == 0 ? 0 : 5))
                                .toArray(Part[]::new));
                all.add(snapshot);
                if (random.nextInt(8) == 0) {
                    proven.add(snapshot);
                }
            }
        }
        return all;
    }

    @Test
    void a_thousand_histories_of_changing_sources_lose_no_whole_snapshot_to_partial_ones_and_no_source_for_good() {
        int removedAtAll = 0;
        int partialAtAll = 0;
        for (int seed = 0; seed < 1000; seed++) {
            int number = seed;
            Random random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
            pinned.clear();
            proven.clear();
            List<Set<String>> eras = new ArrayList<>();
            List<Snapshot> all = changingHistory(random, eras);
            RetentionPolicy policy = randomPolicy(random).build();
            if (policy.keepsEverything()) {
                continue;
            }
            Set<String> sources = eras.getLast();
            Retention retention = new Retention(policy, facts, sources);
            Instant now = all.getLast().began();
            Set<Snapshot> whole = Wholeness.whole(all, sources, facts);
            RetentionPlan plan = retention.plan(all, "shop", now);
            removedAtAll += plan.removed().size();
            partialAtAll += all.size() - whole.size();

            assertThat(plan.kept())
                    .as("seed %d: partial ones push no whole one out", seed)
                    .containsAll(retention.plan(whole, "shop", now).kept());
            assertThat(whole).as("seed %d: something is whole", seed).isNotEmpty();
            all.stream()
                    .flatMap(snapshot -> Wholeness.sourcesOf(snapshot).stream())
                    .distinct()
                    .filter(source -> !sources.contains(source))
                    .filter(source -> all.stream().anyMatch(one -> Wholeness.hasSomethingOf(one, source)))
                    .forEach(source -> assertThat(plan.kept())
                            .as("seed %s: the last of %s", number, source)
                            .anyMatch(one -> Wholeness.hasSomethingOf(one, source)));
        }
        assertThat(removedAtAll).isGreaterThan(5000);
        assertThat(partialAtAll).isGreaterThan(5000);
    }

    private static List<Snapshot> inOrder(List<Snapshot> some) {
        return some.stream().sorted(Comparator.comparing(Snapshot::id)).toList();
    }
}
