package dev.holdfast.control.retention;

import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which snapshots show the whole stack. Not whole is one that has fewer sources than an earlier snapshot had, unless the stack has no
 * more sources now and no later snapshot had more either: then a source was taken away before it was made. And not whole is one with a
 * part that is empty although the last whole one had something there, unless it was proven.
 */
final class Wholeness {
    private final Set<String> sources;
    private final RetentionFacts facts;
    private final Set<Set<String>> earlier = new HashSet<>();
    private final Map<Set<String>, Integer> later = new HashMap<>();
    private final Map<String, Part> lastParts = new HashMap<>();

    private Wholeness(List<Snapshot> all, Set<String> sources, RetentionFacts facts) {
        this.sources = sources;
        this.facts = facts;
        all.forEach(snapshot -> later.merge(sourcesOf(snapshot), 1, Integer::sum));
    }

    /**
     * @param oldestFirst in the order in which they were made
     * @param sources the stack's sources now; empty if they are not known
     */
    static Set<Snapshot> whole(List<Snapshot> oldestFirst, Set<String> sources, RetentionFacts facts) {
        Wholeness wholeness = new Wholeness(oldestFirst, sources, facts);
        return oldestFirst.stream().filter(wholeness::isNextWhole).collect(Collectors.toSet());
    }

    private boolean isNextWhole(Snapshot snapshot) {
        Set<String> has = sourcesOf(snapshot);
        later.computeIfPresent(has, (_, count) -> count == 1 ? null : count - 1);
        boolean whole = isEverySource(has) && (hasNothingLost(snapshot) || facts.isProven(snapshot));
        earlier.add(has);
        if (whole) {
            lastParts.clear();
            snapshot.parts().forEach(part -> lastParts.put(part.name(), part));
        }
        return whole;
    }

    private boolean isEverySource(Set<String> has) {
        boolean all = !sources.isEmpty() && has.containsAll(sources) && hasMost(has, later.keySet());
        return all || hasMost(has, earlier);
    }

    private static boolean hasMost(Set<String> has, Set<Set<String>> others) {
        return others.stream().noneMatch(more -> more.size() > has.size() && more.containsAll(has));
    }

    private boolean hasNothingLost(Snapshot snapshot) {
        return snapshot.parts().stream().noneMatch(part -> {
            Part last = lastParts.get(part.name());
            return last != null
                    && ((last.entries() > 0 && part.entries() == 0) || (last.bytes() > 0 && part.bytes() == 0));
        });
    }

    static boolean hasSomethingOf(Snapshot snapshot, String source) {
        return snapshot.parts().stream()
                .anyMatch(part -> sourceOf(part).equals(source) && (part.entries() > 0 || part.bytes() > 0));
    }

    private static String sourceOf(Part part) {
        return part.name().split("/", 2)[0];
    }

    /** A database of a source with all databases counts as its source: they come and go. */
    static Set<String> sourcesOf(Snapshot snapshot) {
        return snapshot.parts().stream().map(Wholeness::sourceOf).collect(Collectors.toSet());
    }
}
