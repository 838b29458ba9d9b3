package dev.holdfast.control.notify;

import dev.holdfast.control.notify.Fact.PartSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Something of which a new snapshot has suddenly much less.
 *
 * @param title what, as messages call it
 * @param measure rows or bytes
 * @param was how much there was
 * @param is how much there is
 */
record Shrinkage(String title, Measure measure, long was, long is) {
    /** What is counted. */
    enum Measure {
        ROWS,
        BYTES
    }

    /**
     * Compares a snapshot with those before.
     *
     * <p>Less than before is an alarm if at least a percentage and a floor are gone, compared with the last snapshot or with the
     * median of the last ones: so it goes on until the smaller size is the usual one. Nothing at all where there was something is
     * always an alarm for a part, and for a table in it that was never seen empty. A part that is not in the snapshot was taken
     * out of the stack, which is no alarm; a table that is gone has no rows.
     *
     * @param before the newest first
     */
    static List<Shrinkage> in(List<PartSize> now, List<List<PartSize>> before, AlarmLimits limits) {
        if (before.isEmpty()) {
            return List.of();
        }
        Map<Name, PartSize> present = byName(now);
        Set<String> parts = now.stream().map(PartSize::part).collect(Collectors.toSet());
        List<Map<Name, PartSize>> past = before.stream().map(Shrinkage::byName).toList();
        return parts.stream()
                .flatMap(part -> known(part, past).stream())
                .sorted()
                .flatMap(name -> of(name, Optional.ofNullable(present.get(name)), past, limits).stream())
                .toList();
    }

    /** What there was in a part when it was seen last: a snapshot in between may be one of other parts. */
    private static Set<Name> known(String part, List<Map<Name, PartSize>> past) {
        return past.stream()
                .map(one -> one.keySet().stream()
                        .filter(name -> name.part().equals(part))
                        .collect(Collectors.toSet()))
                .filter(names -> !names.isEmpty())
                .findFirst()
                .orElse(Set.of());
    }

    /** For people. */
    String sentence() {
        return switch (measure) {
            case ROWS -> was + " rows or entries before, " + is + " now";
            case BYTES -> Words.bytes(was) + " before, " + Words.bytes(is) + " now";
        };
    }

    private static Optional<Shrinkage> of(
            Name name, Optional<PartSize> now, List<Map<Name, PartSize>> past, AlarmLimits limits) {
        List<PartSize> seen = past.stream()
                .map(one -> one.get(name))
                .filter(one -> one != null)
                .toList();
        boolean countedNow = now.map(one -> one.rows().isPresent()).orElse(true);
        List<Long> rows = countedNow
                ? seen.stream()
                        .map(PartSize::rows)
                        .filter(OptionalLong::isPresent)
                        .map(OptionalLong::getAsLong)
                        .toList()
                : List.of();
        List<Long> bytes = seen.stream().map(PartSize::bytes).toList();
        long rowsNow = now.map(one -> one.rows().orElse(0)).orElse(0L);
        long bytesNow = now.map(PartSize::bytes).orElse(0L);
        boolean whole = name.item().isEmpty();
        return fewer(name, Measure.ROWS, rowsNow, rows, limits.shrunkRows(), whole, limits)
                .or(() -> fewer(
                        name,
                        Measure.BYTES,
                        bytesNow,
                        bytes,
                        limits.shrunkBytes().bytes(),
                        whole,
                        limits));
    }

    private static Optional<Shrinkage> fewer(
            Name name, Measure measure, long now, List<Long> past, long floor, boolean whole, AlarmLimits limits) {
        if (past.isEmpty()) {
            return Optional.empty();
        }
        long last = past.getFirst();
        boolean never = past.stream().allMatch(size -> size > 0);
        boolean vanished = now == 0 && (whole ? past.stream().anyMatch(size -> size > 0) : never);
        for (long was : List.of(last, median(past))) {
            if (was > now && (vanished || isMuch(was, now, floor, limits.shrunkPercent()))) {
                return Optional.of(new Shrinkage(name.title(), measure, was, now));
            }
        }
        return Optional.empty();
    }

    private static boolean isMuch(long was, long now, long floor, int percent) {
        long lost = was - now;
        return lost >= floor && lost >= was / 100.0 * percent;
    }

    private static long median(List<Long> sizes) {
        List<Long> sorted = new ArrayList<>(sizes);
        sorted.sort(null);
        return sorted.get(sorted.size() / 2);
    }

    private static Map<Name, PartSize> byName(List<PartSize> sizes) {
        return sizes.stream()
                .collect(
                        Collectors.toMap(size -> new Name(size.part(), size.item()), Function.identity(), (a, _) -> a));
    }

    private record Name(String part, String item) implements Comparable<Name> {
        String title() {
            return new PartSize(part, item, OptionalLong.empty(), 0).title();
        }

        @Override
        public int compareTo(Name other) {
            int parts = part.compareTo(other.part);
            return parts != 0 ? parts : item.compareTo(other.item);
        }
    }
}
