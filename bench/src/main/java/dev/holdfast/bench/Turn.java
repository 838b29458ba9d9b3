package dev.holdfast.bench;

import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * One contender's part of a phase.
 *
 * @param who its name in the table and in the ratios
 * @param prepare brings everything into the state that the command expects, before every round; not measured
 * @param command what is measured
 * @param storedBytes what lies on disk for this contender now, NaN when that is no question; asked before and after
 * @param check fails unless the result of the last round is right; not measured
 */
record Turn(String who, Runnable prepare, Supplier<Command> command, DoubleSupplier storedBytes, Runnable check) {
    static final DoubleSupplier STORES_NOTHING = () -> Double.NaN;
}
