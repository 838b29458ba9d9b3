package dev.holdfast.control.retention;

import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.control.schedule.ScheduleConfig;
import java.time.ZoneId;

/**
 * What is kept of a stack, and how often the space of the rest is freed. The policy is applied after every backup; that only
 * gives snapshots up. Freeing space rewrites packs, so it has a schedule of its own.
 *
 * @param policy what is kept
 * @param prune when space is freed
 */
public record RetentionConfig(RetentionPolicy policy, ScheduleConfig prune) {
    public static final String DEFAULT_PRUNE = "@weekly";

    /** Thirty days; space is freed every week. */
    public static RetentionConfig standard(ZoneId zone) {
        return of(RetentionPolicy.standard(zone), zone);
    }

    /** A policy; space is freed every week. */
    public static RetentionConfig of(RetentionPolicy policy, ZoneId zone) {
        return new RetentionConfig(policy, ScheduleConfig.of(Schedule.parse(DEFAULT_PRUNE, zone)));
    }
}
