package dev.holdfast.control.retention;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;

/**
 * What to keep of a stack's snapshots. Each rule keeps some; what no rule keeps is removed. Counts are 0 for a rule that is
 * not used.
 *
 * @param last how many of the newest
 * @param within everything that is at most this much older than the newest
 * @param hourly of how many of the latest hours that have any, the newest one each
 * @param daily the same with days
 * @param weekly the same with weeks, which begin on Monday
 * @param monthly the same with months
 * @param yearly the same with years
 * @param days of how many of the latest days that have any, all
 * @param minimum how many of the newest are kept in any case, and how many of the newest proven ones; at least 1
 * @param labels snapshots with one of these labels are kept, written {@code name} or {@code name=value}
 * @param zone whose days and hours are meant
 */
public record RetentionPolicy(
        int last,
        Optional<Duration> within,
        int hourly,
        int daily,
        int weekly,
        int monthly,
        int yearly,
        int days,
        int minimum,
        Set<String> labels,
        ZoneId zone) {
    public static final int DEFAULT_DAYS = 30;
    public static final int DEFAULT_MINIMUM = 3;

    public RetentionPolicy {
        labels = Set.copyOf(labels);
        if (minimum < 1) {
            throw new IllegalArgumentException("a policy that keeps at least " + minimum);
        }
    }

    /** Everything of the last days that have any. */
    public static RetentionPolicy ofDays(int days, ZoneId zone) {
        return new RetentionPolicy(0, Optional.empty(), 0, 0, 0, 0, 0, days, DEFAULT_MINIMUM, Set.of(), zone);
    }

    /** What the service does unless it is told otherwise: thirty days. */
    public static RetentionPolicy standard(ZoneId zone) {
        return ofDays(DEFAULT_DAYS, zone);
    }

    /** The rules a stack file gives; for tests and for the simulation of a policy that is being edited. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether anything can be removed by it at all: a policy without a rule keeps everything. */
    public boolean keepsEverything() {
        return last + hourly + daily + weekly + monthly + yearly + days == 0 && within.isEmpty();
    }

    /** Collects rules. For one thread. */
    public static final class Builder {
        private int last;
        private Optional<Duration> within = Optional.empty();
        private int hourly;
        private int daily;
        private int weekly;
        private int monthly;
        private int yearly;
        private int days;
        private int minimum = DEFAULT_MINIMUM;
        private Set<String> labels = Set.of();
        private ZoneId zone = ZoneOffset.UTC;

        private Builder() {}

        public Builder last(int count) {
            last = count;
            return this;
        }

        public Builder within(Duration span) {
            within = Optional.of(span);
            return this;
        }

        public Builder hourly(int count) {
            hourly = count;
            return this;
        }

        public Builder daily(int count) {
            daily = count;
            return this;
        }

        public Builder weekly(int count) {
            weekly = count;
            return this;
        }

        public Builder monthly(int count) {
            monthly = count;
            return this;
        }

        public Builder yearly(int count) {
            yearly = count;
            return this;
        }

        public Builder days(int count) {
            days = count;
            return this;
        }

        public Builder minimum(int count) {
            minimum = count;
            return this;
        }

        public Builder labels(Set<String> some) {
            labels = some;
            return this;
        }

        public Builder zone(ZoneId other) {
            zone = other;
            return this;
        }

        public RetentionPolicy build() {
            return new RetentionPolicy(
                    last, within, hourly, daily, weekly, monthly, yearly, days, minimum, labels, zone);
        }
    }
}
