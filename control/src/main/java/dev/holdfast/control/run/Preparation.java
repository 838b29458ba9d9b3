package dev.holdfast.control.run;

import dev.holdfast.control.stack.StackRecord;

/** Makes what the first backup of a stack needs, where the server may do that by itself: its repository. */
@FunctionalInterface
public interface Preparation {
    /** Whoever describes a stack makes its repository. */
    Preparation NONE = _ -> {};

    /**
     * Called before every backup, also one that is tried again; does nothing where everything is there.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if it cannot be made; then the backup fails
     */
    void prepare(StackRecord stack);
}
