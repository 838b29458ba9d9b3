package dev.holdfast.cli;

import dev.holdfast.control.operation.Step;
import dev.holdfast.engine.source.Progress;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** How far one step has come. Safe for many threads. */
final class Gauge implements Progress {
    private static final long SETTLING_NANOS = Duration.ofSeconds(1).toNanos();

    private final Step step;
    private final long beganNanos;
    private final LongAdder expectedEntries = new LongAdder();
    private final LongAdder expectedBytes = new LongAdder();
    private final LongAdder doneEntries = new LongAdder();
    private final LongAdder doneBytes = new LongAdder();

    Gauge(Step step, long beganNanos) {
        this.step = step;
        this.beganNanos = beganNanos;
    }

    @Override
    public void expect(long entries, long bytes) {
        expectedEntries.add(entries);
        expectedBytes.add(bytes);
    }

    @Override
    public void advance(long entries, long bytes) {
        doneEntries.add(entries);
        doneBytes.add(bytes);
    }

    Step step() {
        return step;
    }

    boolean moved() {
        return doneEntries.sum() > 0 || doneBytes.sum() > 0;
    }

    Duration elapsed(long nowNanos) {
        return Duration.ofNanos(nowNanos - beganNanos);
    }

    /** Such as {@code capturing media: 45 %, 90.1 MB of 201 MB, 1,234 of 3,000 entries, 45.0 MB/s, 2.4 s left}. */
    String text(long nowNanos) {
        long bytes = doneBytes.sum();
        long allBytes = expectedBytes.sum();
        long entries = doneEntries.sum();
        long allEntries = expectedEntries.sum();
        StringBuilder text = new StringBuilder(title());
        if (!moved() && allBytes == 0 && allEntries == 0) {
            return text.toString();
        }
        text.append(": ");
        // an expectation that was reached before the end was only an estimate
        boolean known = allBytes > bytes;
        if (known) {
            text.append(100 * bytes / allBytes).append(" %, ");
        }
        text.append(Format.bytes(bytes)).append(known ? " of " + Format.bytes(allBytes) : "");
        text.append(", ").append(Format.count(entries));
        text.append(allEntries > entries ? " of " + Format.count(allEntries) : "");
        text.append(" entries");
        long nanos = nowNanos - beganNanos;
        if (nanos >= SETTLING_NANOS && bytes > 0) {
            double perSecond = bytes * 1e9 / nanos;
            text.append(", ").append(Format.bytes(Math.round(perSecond))).append("/s");
            if (known) {
                text.append(", ").append(left((allBytes - bytes) / perSecond)).append(" left");
            }
        }
        return text.toString();
    }

    private static String left(double seconds) {
        return Format.duration(Duration.ofMillis(Math.round(seconds * 1000)));
    }

    String title() {
        return doing() + (step.subject().isEmpty() ? "" : " " + step.subject());
    }

    private String doing() {
        return switch (step.phase()) {
            case PREFLIGHT -> "looking at";
            case OPEN -> "opening the repository";
            case FREEZE -> "freezing";
            case CAPTURE -> "capturing";
            case COMMIT -> "committing";
            case RESTORE -> "restoring";
            case COMPARE -> "comparing";
            case EXPORT -> "exporting";
            case CHECK -> "checking";
            case SYNC -> "copying";
            case PRUNE -> "pruning";
        };
    }

    /** What the step has done, for a line that stays. */
    String summary(long nowNanos) {
        return title() + ": done, " + Format.bytes(doneBytes.sum()) + ", "
                + Format.count(doneEntries.sum(), "entry", "entries") + " in " + Format.duration(elapsed(nowNanos));
    }
}
