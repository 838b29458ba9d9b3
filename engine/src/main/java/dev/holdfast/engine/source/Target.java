package dev.holdfast.engine.source;

/**
 * Where a part is restored to. Used once: {@link #preflight} (or {@link #plan} alone), then {@link #restore}, then {@link
 * #close}. Until everything is restored nothing appears under the final name where the kind allows it, and a restore that
 * fails leaves what was there before as it was. A bucket does not allow it: its objects are replaced one by one.
 */
public interface Target extends AutoCloseable {
    /** The kind of part it can take. */
    String kind();

    /** Where it is, for people; no secret. */
    String location();

    /**
     * Looks at both sides and says what a restore would do. Changes nothing.
     *
     * @param overwrite whether what is there may be replaced
     * @return the plan, with obstacles where it cannot be carried out
     * @throws dev.holdfast.engine.error.HoldfastException if not even that can be found out
     */
    RestorePlan plan(PartReader part, boolean overwrite);

    /**
     * The same for a restore that is to follow.
     *
     * @throws dev.holdfast.engine.error.HoldfastException with the first reason why it cannot be done
     */
    default RestorePlan preflight(PartReader part, boolean overwrite) {
        RestorePlan plan = plan(part, overwrite);
        plan.requireFeasible();
        return plan;
    }

    /** Restores what was planned. */
    RestoreReport restore(PartReader part, Progress progress);

    @Override
    void close();
}
