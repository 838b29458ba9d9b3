package dev.holdfast.control.retention;

import dev.holdfast.control.retention.RetentionPlan.Decision;
import dev.holdfast.control.retention.RetentionPlan.Reason;
import dev.holdfast.control.retention.RetentionPlan.Rule;
import dev.holdfast.engine.repository.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Applies a policy to the snapshots of one stack.
 *
 * <p>Everything is counted from the newest snapshot backwards, never from the time it is now: if backups stop, nothing is
 * removed either, and a clock that jumps ahead ages nothing. What seems to be made later than now is kept and not counted.
 *
 * <p>Only whole snapshots are counted. One of some sources only, or one in which a part is suddenly empty, is kept as a whole
 * one in its place would be, but pushes none out. Of a source that the stack does not have any more, the last share stays.
 */
public final class Retention {
    private static final Duration TOLERATED_CLOCK_ERROR = Duration.ofMinutes(5);

    private final RetentionPolicy policy;
    private final RetentionFacts facts;
    private final Set<String> sources;

    /**
     * @param sources names of the stack's sources now; empty if they are not known
     */
    public Retention(RetentionPolicy policy, RetentionFacts facts, Set<String> sources) {
        this.policy = policy;
        this.facts = facts;
        this.sources = Set.copyOf(sources);
    }

    /**
     * What would be kept and removed.
     *
     * @param all snapshots of a repository; those of other stacks are not looked at
     * @param stack exactly this name
     * @param now by this machine's clock
     */
    public RetentionPlan plan(Collection<Snapshot> all, String stack, Instant now) {
        List<Snapshot> oldestFirst = all.stream()
                .filter(snapshot -> snapshot.stack().equals(stack))
                .sorted(Comparator.comparing(Snapshot::id))
                .toList();
        return new Sorting(oldestFirst, now.plus(TOLERATED_CLOCK_ERROR)).plan();
    }

    /** One application of the policy. For one thread. */
    private final class Sorting {
        private final List<Snapshot> newestFirst;
        private final List<Snapshot> whole;
        private final Map<Set<String>, List<Snapshot>> partial;
        private final Map<Snapshot, List<Reason>> reasons = new LinkedHashMap<>();

        Sorting(List<Snapshot> oldestFirst, Instant latestCredible) {
            newestFirst = oldestFirst.reversed();
            newestFirst.forEach(snapshot -> reasons.put(snapshot, new ArrayList<>()));
            Set<Snapshot> wholes = Wholeness.whole(oldestFirst, sources, facts);
            List<Snapshot> counted = new ArrayList<>();
            Map<Set<String>, List<Snapshot>> others = new HashMap<>();
            for (Snapshot snapshot : newestFirst) {
                if (snapshot.began().isAfter(latestCredible)) {
                    keep(snapshot, Rule.CLOCK, "made later than now");
                } else if (wholes.contains(snapshot)) {
                    counted.add(snapshot);
                } else {
                    others.computeIfAbsent(Wholeness.sourcesOf(snapshot), _ -> new ArrayList<>())
                            .add(snapshot);
                }
            }
            whole = counted;
            partial = others;
        }

        RetentionPlan plan() {
            if (policy.keepsEverything()) {
                newestFirst.forEach(snapshot -> keep(snapshot, Rule.EVERYTHING, ""));
            }
            whole.stream().limit(policy.minimum()).forEach(snapshot -> keep(snapshot, Rule.MINIMUM, ""));
            whole.stream()
                    .filter(facts::isProven)
                    .limit(policy.minimum())
                    .forEach(snapshot -> keep(snapshot, Rule.PROVEN, ""));
            newestFirst.forEach(this::keepMarked);
            keepSources();
            keepLast();
            policy.within().ifPresent(this::keepWithin);
            keepDays();
            keepNewest(Calendar.HOURS, policy.hourly());
            keepNewest(Calendar.DAYS, policy.daily());
            keepNewest(Calendar.WEEKS, policy.weekly());
            keepNewest(Calendar.MONTHS, policy.monthly());
            keepNewest(Calendar.YEARS, policy.yearly());
            return new RetentionPlan(reasons.entrySet().stream()
                    .map(entry -> new Decision(entry.getKey(), entry.getValue()))
                    .toList());
        }

        private void keep(Snapshot snapshot, Rule rule, String detail) {
            reasons.computeIfAbsent(snapshot, _ -> new ArrayList<>()).add(new Reason(rule, detail));
        }

        private void keepMarked(Snapshot snapshot) {
            if (facts.isPinned(snapshot)) {
                keep(snapshot, Rule.PINNED, "");
            }
            facts.labels(snapshot).forEach((name, value) -> {
                if (policy.labels().contains(name) || policy.labels().contains(name + "=" + value)) {
                    keep(snapshot, Rule.LABEL, value.isEmpty() ? name : name + "=" + value);
                }
            });
        }

        /** An edit of the stack deletes nothing: of a source that it lost, the last share stays until somebody removes it. */
        private void keepSources() {
            if (sources.isEmpty()) {
                return;
            }
            Set<String> gone = newestFirst.stream()
                    .flatMap(snapshot -> Wholeness.sourcesOf(snapshot).stream())
                    .filter(source -> !sources.contains(source))
                    .collect(Collectors.toCollection(TreeSet::new));
            for (String source : gone) {
                Stream.of(whole, newestFirst)
                        .flatMap(List::stream)
                        .filter(snapshot -> Wholeness.hasSomethingOf(snapshot, source))
                        .findFirst()
                        .ifPresent(snapshot -> keep(snapshot, Rule.SOURCE, "'" + source + "'"));
            }
        }

        private void keepLast() {
            List<Snapshot> last = whole.stream().limit(policy.last()).toList();
            last.forEach(snapshot -> keep(snapshot, Rule.LAST, ""));
            if (!last.isEmpty()) {
                boolean all = last.size() == whole.size() && last.size() < policy.last();
                partial.values()
                        .forEach(some -> some.stream()
                                .filter(snapshot -> all
                                        || snapshot.id()
                                                        .compareTo(
                                                                last.getLast().id())
                                                > 0)
                                .limit(policy.last())
                                .forEach(snapshot -> keep(snapshot, Rule.LAST, "of some sources")));
            }
        }

        private void keepWithin(Duration span) {
            Optional<Instant> newest = whole.stream().map(Snapshot::began).max(Comparator.naturalOrder());
            newest.ifPresent(end -> newestFirst.stream()
                    .filter(snapshot -> !snapshot.began().isBefore(end.minus(span)))
                    .forEach(snapshot -> keep(snapshot, Rule.WITHIN, "")));
        }

        /** All of the latest days. */
        private void keepDays() {
            Function<Snapshot, Instant> day = snapshot -> Calendar.DAYS.period(snapshot.began(), policy.zone());
            Set<Instant> latest = latest(whole.stream().map(day).toList(), policy.days());
            Optional<Instant> first = latest.stream().min(Comparator.naturalOrder());
            first.ifPresent(begin -> newestFirst.stream()
                    .filter(snapshot -> !day.apply(snapshot).isBefore(begin))
                    .forEach(snapshot ->
                            keep(snapshot, Rule.DAYS, Calendar.DAYS.shown(snapshot.began(), policy.zone()))));
        }

        /** One of each of the latest periods. */
        private void keepNewest(Calendar calendar, int count) {
            Map<Instant, Snapshot> best = best(whole, calendar);
            Set<Instant> latest = latest(best.keySet(), count);
            latest.forEach(period -> keepBest(best, period, calendar));
            Instant from = latest.size() < count || latest.isEmpty()
                    ? Instant.MIN
                    : latest.stream().min(Comparator.naturalOrder()).orElseThrow();
            partial.values().forEach(some -> {
                Map<Instant, Snapshot> bestOfSome = best(some, calendar);
                latest(bestOfSome.keySet(), count).stream()
                        .filter(period -> !period.isBefore(from))
                        .forEach(period -> keepBest(bestOfSome, period, calendar));
            });
        }

        private void keepBest(Map<Instant, Snapshot> best, Instant period, Calendar calendar) {
            Snapshot snapshot = best.get(period);
            if (snapshot != null) {
                keep(snapshot, calendar.rule(), calendar.shown(snapshot.began(), policy.zone()));
            }
        }

        /** Of each period the newest proven one, or the newest; but none that another has all sources of, and more. */
        private Map<Instant, Snapshot> best(List<Snapshot> some, Calendar calendar) {
            return some.stream()
                    .collect(Collectors.toMap(
                            snapshot -> calendar.period(snapshot.began(), policy.zone()),
                            Function.identity(),
                            this::better,
                            TreeMap::new));
        }

        private Snapshot better(Snapshot newer, Snapshot older) {
            Set<String> sourcesOfNewer = Wholeness.sourcesOf(newer);
            Set<String> sourcesOfOlder = Wholeness.sourcesOf(older);
            boolean provenOnly = !facts.isProven(newer) && facts.isProven(older);
            boolean more = sourcesOfOlder.containsAll(sourcesOfNewer);
            boolean less = sourcesOfNewer.containsAll(sourcesOfOlder);
            return (more && !less) || (provenOnly && more == less) ? older : newer;
        }

        private static Set<Instant> latest(Collection<Instant> periods, int count) {
            return periods.stream()
                    .distinct()
                    .sorted(Comparator.reverseOrder())
                    .limit(count)
                    .collect(Collectors.toSet());
        }
    }
}
