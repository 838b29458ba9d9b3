package dev.holdfast.control.operation;

import dev.holdfast.engine.source.Comparer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Counts differences and keeps some. Safe for many threads. */
final class Differences implements Comparer.DifferenceListener {
    static final int MAX_KEPT = 100;

    private final List<CompareResult.Difference> kept = new ArrayList<>();
    private long count;

    @Override
    public synchronized void differs(String subject, String what) {
        count++;
        if (kept.size() < MAX_KEPT) {
            kept.add(new CompareResult.Difference(subject, what));
        }
    }

    synchronized long count() {
        return count;
    }

    synchronized List<CompareResult.Difference> first() {
        return kept.stream()
                .sorted(Comparator.comparing(CompareResult.Difference::key))
                .toList();
    }
}
