package dev.holdfast.control.access;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which stacks a right is about. */
public sealed interface StackScope {
    /** Every stack, also future ones, and what belongs to none. */
    StackScope EVERY = new Every();

    /** Exactly these stacks; a scope of none allows nothing. */
    static StackScope only(Collection<String> names) {
        return new Only(new TreeSet<>(names));
    }

    /** Whether a stack of exactly this name is meant. */
    boolean includes(String stack);

    /** What both include. */
    StackScope and(StackScope other);

    /** Whether this one includes nothing that the other does not. */
    boolean isWithin(StackScope other);

    /** No restriction. */
    record Every() implements StackScope {
        @Override
        public boolean includes(String stack) {
            return true;
        }

        @Override
        public StackScope and(StackScope other) {
            return other;
        }

        @Override
        public boolean isWithin(StackScope other) {
            return other instanceof Every;
        }
    }

    /**
     * Some stacks.
     *
     * @param names exactly as they are written
     */
    record Only(SortedSet<String> names) implements StackScope {
        public Only {
            names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
        }

        @Override
        public boolean includes(String stack) {
            return names.contains(stack);
        }

        @Override
        public StackScope and(StackScope other) {
            return only(names.stream().filter(other::includes).toList());
        }

        @Override
        public boolean isWithin(StackScope other) {
            return names.stream().allMatch(other::includes);
        }
    }
}
