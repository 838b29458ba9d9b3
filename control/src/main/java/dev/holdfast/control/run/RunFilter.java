package dev.holdfast.control.run;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which runs are meant.
 *
 * @param stacks of these stacks; empty for all. A reader who may see none must not ask
 * @param kinds of these kinds; empty for all
 * @param states in these states; empty for all
 * @param triggers asked for in these ways; empty for all
 * @param since asked for at that moment or later
 * @param until asked for before that moment
 */
public record RunFilter(
        Set<String> stacks,
        Set<RunKind> kinds,
        Set<RunState> states,
        Set<Trigger> triggers,
        Optional<Instant> since,
        Optional<Instant> until) {
    /** Every run. */
    public static final RunFilter ALL =
            new RunFilter(Set.of(), Set.of(), Set.of(), Set.of(), Optional.empty(), Optional.empty());

    public RunFilter {
        stacks = Set.copyOf(stacks);
        kinds = Set.copyOf(kinds);
        states = Set.copyOf(states);
        triggers = Set.copyOf(triggers);
    }

    public RunFilter ofStack(String stack) {
        return ofStacks(Set.of(stack));
    }

    public RunFilter ofStacks(Set<String> names) {
        return new RunFilter(names, kinds, states, triggers, since, until);
    }

    public RunFilter ofKind(RunKind kind) {
        return new RunFilter(stacks, Set.of(kind), states, triggers, since, until);
    }

    public RunFilter in(RunState... wanted) {
        return new RunFilter(stacks, kinds, Set.of(wanted), triggers, since, until);
    }
}
