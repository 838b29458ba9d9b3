package dev.holdfast.control.operation;

import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;

/** Hears how a run goes. Steps are told by one thread, one after the other; progress comes from many. */
public interface RunListener {
    /** Nobody listens. */
    RunListener NONE = new RunListener() {
        @Override
        public Progress began(Step step) {
            return Progress.NONE;
        }

        @Override
        public void ended(Step step) {}

        @Override
        public void found(Finding finding) {}
    };

    /**
     * A step begins.
     *
     * @return hears of its progress
     */
    Progress began(Step step);

    /** The step that began last has done its work; not told if it failed. */
    void ended(Step step);

    /** Something a person should know. */
    void found(Finding finding);
}
