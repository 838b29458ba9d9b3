package dev.holdfast.demo.shop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one part of the shop held at a moment: a short fingerprint for each entry, taken without any help of a backup tool.
 *
 * @param entries name of the entry to its fingerprint, for tables, objects, files and their like
 * @param holding how much that is, for people
 */
public record Inventory(SortedMap<String, String> entries, Holding holding) {
    public Inventory {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    /** What differs in {@code later}, one sentence each, in the order of the names; empty when nothing does. */
    public List<String> differences(Inventory later) {
        List<String> found = new ArrayList<>();
        entries.forEach((name, fingerprint) -> {
            String other = later.entries.get(name);
            if (other == null) {
                found.add("'%s' is missing".formatted(name));
            } else if (!other.equals(fingerprint)) {
                found.add("'%s' differs: expected %s, found %s".formatted(name, fingerprint, other));
            }
        });
        later.entries.keySet().stream()
                .filter(name -> !entries.containsKey(name))
                .forEach(name -> found.add("'%s' was not there before".formatted(name)));
        return found;
    }
}
