package dev.holdfast.cli;

import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.engine.error.ErrorCode;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the program in order when it is interrupted (SIGINT) or terminated (SIGTERM): the run is asked to stop, then its
 * waiting is interrupted, then there is no more patience. Whatever was not committed is invisible even then.
 */
final class Shutdown {
    private static final int PATIENCE_SECONDS = 3;
    private static final int CLEANING_SECONDS = 20;

    /** A server ends its runs in order, and nobody interrupts it meanwhile. */
    private static final int SERVER_SECONDS = 90;

    private static volatile boolean serving;

    private final Thread main;
    private final Cancellation cancellation;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean busy;
    private volatile int code;

    private Shutdown(Thread main, Cancellation cancellation) {
        this.main = main;
        this.cancellation = cancellation;
    }

    static Shutdown install(Cancellation cancellation) {
        Shutdown shutdown = new Shutdown(Thread.currentThread(), cancellation);
        Runtime.getRuntime().addShutdownHook(new Thread(shutdown::begin, "shutdown"));
        return shutdown;
    }

    /** Whether there is something to end in order; a question that waits for its answer is not. */
    void busy(boolean running) {
        busy = running;
    }

    /** From now on there is a server to end. */
    static void serving() {
        serving = true;
    }

    /** Ends the program. */
    void exit(int exitCode) {
        code = exitCode;
        ended.countDown();
        System.exit(exitCode);
    }

    private void begin() {
        if (ended.getCount() == 0) {
            return;
        }
        cancellation.cancel();
        if (serving) {
            Runtime.getRuntime().halt(endedWithin(SERVER_SECONDS) ? code : ErrorCode.CANCELLED.number());
        }
        if (busy && !endedWithin(PATIENCE_SECONDS)) {
            main.interrupt();
        }
        boolean inOrder = busy && endedWithin(CLEANING_SECONDS);
        Runtime.getRuntime().halt(inOrder ? code : ErrorCode.CANCELLED.number());
    }

    private boolean endedWithin(int seconds) {
        try {
            return ended.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }
}
