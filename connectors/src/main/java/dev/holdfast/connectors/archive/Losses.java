package dev.holdfast.connectors.archive;

import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.tree.EntryKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an export could not hold as it was: for each reason how often, and the first. Grows with the reasons only. For one thread. */
final class Losses {
    private final Map<String, EntryKey> first = new LinkedHashMap<>();
    private final Map<String, Long> counts = new LinkedHashMap<>();

    /**
     * @param what goes on after "3 entries"
     */
    void add(String what, EntryKey key) {
        first.putIfAbsent(what, key);
        counts.merge(what, 1L, Long::sum);
    }

    List<Finding> findings(String part) {
        List<Finding> findings = new ArrayList<>();
        counts.forEach((what, count) -> findings.add(
                new Finding(part, count + " entries " + what + "; the first is '" + first.get(what) + "'")));
        return findings;
    }
}
