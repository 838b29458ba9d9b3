package dev.holdfast.cli.service;

import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.run.RunListeners;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Gives the heap of the last run back to the machine once nothing is under way any more. */
final class IdleMemory implements RunListeners.Listener, AutoCloseable {
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final RunService runs;
    private final AtomicBoolean used = new AtomicBoolean(true);
    private final CountDownLatch ending = new CountDownLatch(1);

    IdleMemory(RunService runs) {
        this.runs = runs;
    }

    IdleMemory start() {
        Thread.ofVirtual().name("idle memory").start(this::watch);
        return this;
    }

    @Override
    public void ended(RunRecord run, Optional<RunResult> result) {
        used.set(true);
    }

    private void watch() {
        try {
            while (!ending.await(QUIET.toMillis(), TimeUnit.MILLISECONDS)) {
                if (runs.underWay() == 0 && used.getAndSet(false)) {
                    System.gc();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ending.countDown();
    }
}
