package dev.holdfast.control.access;

/**
 * A role and where it holds.
 *
 * @param role what may be done
 * @param stacks to which stacks
 */
public record Grant(Role role, StackScope stacks) {
    /** A role without restriction. */
    public static Grant everywhere(Role role) {
        return new Grant(role, StackScope.EVERY);
    }

    /** Whether something may be done to one stack. */
    public boolean permits(Role needed, String stack) {
        return role.covers(needed) && stacks.includes(stack);
    }

    /** Whether something may be done that is about no stack, or about all: users, settings, the server itself. */
    public boolean permitsEverywhere(Role needed) {
        return role.covers(needed) && stacks instanceof StackScope.Every;
    }

    /** What both permit. */
    public Grant and(Grant other) {
        return new Grant(role.lesserOf(other.role), stacks.and(other.stacks));
    }

    /** Whether this one permits nothing that the other does not. */
    public boolean isWithin(Grant other) {
        return other.role.covers(role) && stacks.isWithin(other.stacks);
    }
}
