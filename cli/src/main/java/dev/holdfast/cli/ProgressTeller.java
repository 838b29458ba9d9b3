package dev.holdfast.cli;

import dev.holdfast.control.operation.RunListener;
import dev.holdfast.control.operation.Step;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells how a run goes: on a terminal one line that is drawn again, elsewhere a line now and then. Steps are told by one
 * thread, the drawing is another's.
 */
final class ProgressTeller implements RunListener, AutoCloseable {
    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final Duration REPEAT = Duration.ofSeconds(10);
    private static final int REMEASURE = 25;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintStream err;
    private final boolean live;
    private final IntSupplier width;
    private final LongSupplier nanos;
    private final Object lock = new Object();
    private @Nullable Gauge gauge;
    private @Nullable Thread drawer;
    private boolean drawn;
    private boolean closed;
    private int columns;
    private int draws;
    private long toldNanos;

    /**
     * @param live whether the stream is a terminal
     * @param width columns of the terminal
     * @param nanos a clock that only goes forward
     */
    ProgressTeller(PrintStream err, boolean live, IntSupplier width, LongSupplier nanos) {
        this.err = err;
        this.live = live;
        this.width = width;
        this.nanos = nanos;
        this.toldNanos = nanos.getAsLong();
    }

    @Override
    public Progress began(Step step) {
        synchronized (lock) {
            Gauge begun = new Gauge(step, nanos.getAsLong());
            gauge = begun;
            startDrawing();
            return begun;
        }
    }

    @Override
    public void ended(Step step) {
        synchronized (lock) {
            clear();
            if (!live && gauge != null && gauge.moved()) {
                err.println(gauge.summary(nanos.getAsLong()));
                toldNanos = nanos.getAsLong();
            }
            gauge = null;
        }
    }

    @Override
    public void found(Finding finding) {
        // told at the end, with the result
    }

    private void startDrawing() {
        if (drawer == null) {
            drawer = Thread.ofPlatform().daemon().name("progress").start(this::draw);
        }
    }

    private void draw() {
        synchronized (lock) {
            while (!closed) {
                try {
                    lock.wait(REDRAW.toMillis());
                } catch (InterruptedException e) {
                    return;
                }
                if (!closed) {
                    tick();
                }
            }
        }
    }

    /** Draws the line, or tells it if it is time. */
    void tick() {
        synchronized (lock) {
            long now = nanos.getAsLong();
            if (gauge == null) {
                return;
            }
            if (live) {
                err.print(CLEAR + fitting(gauge.text(now)));
                err.flush();
                drawn = true;
            } else if (now - toldNanos >= REPEAT.toNanos()) {
                err.println(gauge.text(now));
                toldNanos = now;
            }
        }
    }

    private String fitting(String text) {
        if (draws++ % REMEASURE == 0) {
            columns = width.getAsInt();
        }
        String clean = Format.clean(text);
        return clean.length() < columns ? clean : clean.substring(0, Math.max(0, columns - 1));
    }

    private void clear() {
        if (drawn) {
            err.print(CLEAR);
            err.flush();
            drawn = false;
        }
    }

    /** Stops drawing and removes the line. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            clear();
            lock.notifyAll();
        }
    }
}
