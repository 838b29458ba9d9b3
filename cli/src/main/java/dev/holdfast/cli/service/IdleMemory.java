package dev.holdfast.cli.service;

import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.run.RunListeners;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunService;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the memory of the last run back to the machine once nothing is under way any more: soon, again a minute later, when its pools
 * of connections have closed, and from then on now and again what answering takes.
 */
final class IdleMemory implements RunListeners.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IdleMemory.class);
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final Duration SETTLING = Duration.ofSeconds(3);

    /** Rounds of that length after a run; what one collection frees holds things that only the next can free. */
    private static final Set<Integer> SOON = Set.of(0, 1, 3, 6);

    /** Every five minutes. */
    private static final int LATER = 30;

    private final RunService runs;
    private final AtomicInteger rounds = new AtomicInteger();
    private final CountDownLatch ending = new CountDownLatch(1);
    private boolean warned;

    IdleMemory(RunService runs) {
        this.runs = runs;
    }

    IdleMemory start() {
        Thread.ofVirtual().name("idle memory").start(this::watch);
        return this;
    }

    @Override
    public void ended(RunRecord run, Optional<RunResult> result) {
        rounds.set(0);
    }

    private void watch() {
        try {
            while (!ending.await(QUIET.toMillis(), TimeUnit.MILLISECONDS)) {
                if (runs.underWay() > 0) {
                    rounds.set(0);
                } else if (isDue(rounds.getAndIncrement())) {
                    System.gc();
                    // the machine walks through all classes once more when a collection is over
                    if (ending.await(SETTLING.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    letGo();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What cannot be given back stays: a server that needs more room than it must still backs up. */
    private void letGo() {
        try {
            long bytes = CleanPages.release();
            LOG.debug("memory given back cleanPages={}", bytes);
        } catch (IOException | IllegalStateException e) {
            if (!warned) {
                LOG.warn("memory of a run cannot be given back, so the server keeps it: {}", e.toString());
                warned = true;
            }
        }
    }

    static boolean isDue(int round) {
        return SOON.contains(round) || round % LATER == 0;
    }

    @Override
    public void close() {
        ending.countDown();
    }
}
