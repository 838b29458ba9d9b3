package dev.holdfast.control.run;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that passes when a test says so; the clock may be set besides, as machines' clocks are. */
final class VirtualTime implements InstantSource, Ticker {
    private Instant clock;
    private Duration passed = Duration.ofDays(3);

    VirtualTime(Instant clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Instant instant() {
        return clock;
    }

    @Override
    public synchronized Duration elapsed() {
        return passed;
    }

    /** Time goes by. */
    synchronized void advance(Duration by) {
        clock = clock.plus(by);
        passed = passed.plus(by);
    }

    /** Somebody sets the clock. */
    synchronized void set(Instant to) {
        clock = to;
    }

    @Override
    public void pause(Duration atMost) {
        advance(atMost);
        Thread.onSpinWait();
    }

    @Override
    public void wake() {}
}
