package dev.holdfast.bench;

import java.util.List;

/** Data, contenders and phases. */
interface Benchmark {
    /** One line each about the data and the versions of the peers. */
    List<String> facts();

    /** The phases in their order; each prepares what it needs when an earlier one was left out. */
    List<Phase> phases();

    /** Processor seconds used by the servers until now, NaN when there is none. */
    double serverSeconds();
}
