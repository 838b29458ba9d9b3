package dev.holdfast.control.run;

import dev.holdfast.control.operation.RunListener;
import dev.holdfast.control.operation.Step;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.Progress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Hears how one run goes, writes it down as events and in the log, and knows when it was heard last. Safe for many threads. */
final class RunWatch implements RunListener {
    /** A run that finds something at each of a million objects must not fill the catalog and the disk. */
    static final int MOST_LINES = 10_000;

    private final RunRecord run;
    private final EventStream events;
    private final LogFiles logs;
    private final RunTable table;
    private final Ticker ticker;
    private volatile @Nullable Counted current;
    private volatile Duration lastHeard;
    private volatile @Nullable RunProgress lastTold;
    private final AtomicInteger lines = new AtomicInteger();

    RunWatch(RunRecord run, EventStream events, LogFiles logs, RunTable table, Ticker ticker) {
        this.run = run;
        this.events = events;
        this.logs = logs;
        this.table = table;
        this.ticker = ticker;
        this.lastHeard = ticker.elapsed();
    }

    /** What one step has done. */
    private final class Counted implements Progress {
        private final Step step;
        private final Duration began = ticker.elapsed();
        private final AtomicLong entries = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();
        private final AtomicLong expectedEntries = new AtomicLong();
        private final AtomicLong expectedBytes = new AtomicLong();

        private Counted(Step step) {
            this.step = step;
        }

        @Override
        public void expect(long moreEntries, long moreBytes) {
            expectedEntries.addAndGet(moreEntries);
            expectedBytes.addAndGet(moreBytes);
            lastHeard = ticker.elapsed();
        }

        @Override
        public void advance(long moreEntries, long moreBytes) {
            entries.addAndGet(moreEntries);
            bytes.addAndGet(moreBytes);
            lastHeard = ticker.elapsed();
        }

        private RunProgress progress() {
            return new RunProgress(
                    step.phase(),
                    step.subject(),
                    entries.get(),
                    expectedEntries.get(),
                    bytes.get(),
                    expectedBytes.get());
        }

        private String done() {
            Duration took = ticker.elapsed().minus(began);
            return (entries.get() == 0 ? "" : " entries=" + entries.get())
                    + (bytes.get() == 0 ? "" : " bytes=" + bytes.get()) + " took=" + Duration.ofMillis(took.toMillis());
        }
    }

    @Override
    public Progress began(Step step) {
        lastHeard = ticker.elapsed();
        Counted counted = new Counted(step);
        current = counted;
        events.note(run, new RunEvent.Stepped(step.phase(), step.subject(), false, 0, 0));
        line("step " + shown(step) + " begins");
        return counted;
    }

    @Override
    public void ended(Step step) {
        lastHeard = ticker.elapsed();
        Counted counted = current;
        long entries = counted == null ? 0 : counted.entries.get();
        long bytes = counted == null ? 0 : counted.bytes.get();
        events.note(run, new RunEvent.Stepped(step.phase(), step.subject(), true, entries, bytes));
        line("step " + shown(step) + " ended" + (counted == null ? "" : counted.done()));
    }

    @Override
    public void found(Finding finding) {
        lastHeard = ticker.elapsed();
        if (lines.get() < MOST_LINES) {
            events.note(run, new RunEvent.Found(finding.subject(), finding.message()));
        }
        line("finding " + finding.subject() + ": " + finding.message());
    }

    /** Adds a line to the log of the run. */
    void line(String text) {
        lastHeard = ticker.elapsed();
        int number = lines.incrementAndGet();
        if (number <= MOST_LINES) {
            write(text);
        } else if (number == MOST_LINES + 1) {
            write("(more was said; only the first " + MOST_LINES + " lines are kept)");
        }
    }

    private void write(String text) {
        logs.line(table.now(), run, text);
        events.note(run, new RunEvent.Line(text));
    }

    /** What nobody could hear is not held against it. */
    void pardon() {
        lastHeard = ticker.elapsed();
    }

    /** How long nothing was heard. */
    Duration silence() {
        return ticker.elapsed().minus(lastHeard);
    }

    /** Tells how far it has come, if that has changed. */
    void sample() {
        Counted counted = current;
        if (counted != null) {
            RunProgress progress = counted.progress();
            if (!progress.equals(lastTold)) {
                lastTold = progress;
                events.note(run, new RunEvent.Progressed(progress));
            }
        }
    }

    /** What it was doing last. */
    Optional<String> step() {
        return Optional.ofNullable(current).map(counted -> shown(counted.step));
    }

    private static String shown(Step step) {
        String phase = step.phase().name().toLowerCase(Locale.ROOT);
        return step.subject().isEmpty() ? phase : phase + " " + step.subject();
    }
}
