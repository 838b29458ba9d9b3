package dev.holdfast.engine.source;

import dev.holdfast.engine.error.HoldfastException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a restore would do, as far as it can be known before anything is changed.
 *
 * @param entries how many entries would be restored; what the {@link RestoreReport} has to say afterwards
 * @param bytes their contents' bytes
 * @param steps what would be done, in order; sentences for people
 * @param losses what would be replaced, deleted or ended; sentences for people. If there are any, somebody has to agree
 * @param obstacles why it cannot be done as things are; empty if it can
 * @param findings what would not be exactly as it was captured
 * @param facts what was seen on both sides
 * @param items the things that would be restored, largest first, where the kind has names for them
 * @param estimate how long it may take, where anything is known about it
 */
public record RestorePlan(
        long entries,
        long bytes,
        List<String> steps,
        List<String> losses,
        List<HoldfastException> obstacles,
        List<Finding> findings,
        List<Fact> facts,
        List<Item> items,
        Optional<Estimate> estimate) {
    public RestorePlan {
        steps = List.copyOf(steps);
        losses = List.copyOf(losses);
        obstacles = List.copyOf(obstacles);
        findings = List.copyOf(findings);
        facts = List.copyOf(facts);
        items = List.copyOf(items);
    }

    /**
     * Something that was seen.
     *
     * @param name what it is about, in lower case with hyphens, for example {@code server-version}
     */
    public record Fact(String name, List<String> values) {
        public Fact {
            values = List.copyOf(values);
        }
    }

    /**
     * Something that would be restored.
     *
     * @param name for people
     * @param count of what it consists of, for example rows
     * @param bytes of its content
     */
    public record Item(String name, long count, long bytes) {}

    /**
     * How long it may take.
     *
     * @param basis where the numbers come from
     */
    public record Estimate(Duration atLeast, Duration atMost, String basis) {}

    /** A plan for all entries of a part. */
    public static Builder of(PartReader part) {
        return new Builder().restores(part.entryCount(), part.contentBytes());
    }

    /**
     * Makes sure that the plan can be carried out.
     *
     * @throws HoldfastException the first obstacle
     */
    public void requireFeasible() {
        if (!obstacles.isEmpty()) {
            throw obstacles.getFirst();
        }
    }

    /** Gathers what becomes a plan. For one thread. */
    public static final class Builder {
        private final List<String> steps = new ArrayList<>();
        private final List<String> losses = new ArrayList<>();
        private final List<HoldfastException> obstacles = new ArrayList<>();
        private final List<Finding> findings = new ArrayList<>();
        private final List<Fact> facts = new ArrayList<>();
        private final List<Item> items = new ArrayList<>();
        private Optional<Estimate> estimate = Optional.empty();
        private long entries;
        private long bytes;

        public Builder restores(long entryCount, long byteCount) {
            entries = entryCount;
            bytes = byteCount;
            return this;
        }

        public Builder step(String sentence) {
            steps.add(sentence);
            return this;
        }

        public Builder loss(String sentence) {
            losses.add(sentence);
            return this;
        }

        public Builder obstacle(HoldfastException reason) {
            obstacles.add(reason);
            return this;
        }

        public Builder finding(Finding finding) {
            findings.add(finding);
            return this;
        }

        public Builder fact(String name, String... values) {
            return fact(name, List.of(values));
        }

        /** Left out where there is nothing to tell. */
        public Builder fact(String name, List<String> values) {
            if (!values.isEmpty()) {
                facts.add(new Fact(name, values));
            }
            return this;
        }

        public Builder items(List<Item> largestFirst) {
            items.addAll(largestFirst);
            return this;
        }

        public Builder estimate(Duration atLeast, Duration atMost, String basis) {
            estimate = Optional.of(new Estimate(atLeast, atMost, basis));
            return this;
        }

        /** Whether nothing was found to be in the way so far. */
        public boolean isFeasible() {
            return obstacles.isEmpty();
        }

        public RestorePlan build() {
            return new RestorePlan(entries, bytes, steps, losses, obstacles, findings, facts, items, estimate);
        }
    }
}
