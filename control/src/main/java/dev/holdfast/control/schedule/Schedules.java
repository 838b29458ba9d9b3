package dev.holdfast.control.schedule;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All schedules of a stack; it is due whenever one of them says so.
 *
 * @param all in the order they were given; empty for a stack that only runs when it is told to
 */
public record Schedules(List<ScheduleConfig> all) {
    /** Never by itself. */
    public static final Schedules NONE = new Schedules(List.of());

    public Schedules {
        all = List.copyOf(all);
    }

    public static Schedules of(ScheduleConfig... some) {
        return new Schedules(List.of(some));
    }

    /**
     * A moment at which a stack is due.
     *
     * @param at when
     * @param by which schedule says so; the first, where several do
     */
    public record Due(Instant at, ScheduleConfig by) {}

    /** The first moment later than another; empty if there is none. */
    public Optional<Due> next(String stack, Instant after) {
        return all.stream()
                .flatMap(schedule -> schedule.next(stack, after).map(at -> new Due(at, schedule)).stream())
                .min(Comparator.comparing(Due::at));
    }

    /** The last moment earlier than another; empty if there is none. */
    public Optional<Due> previous(String stack, Instant before) {
        return all.stream()
                .flatMap(schedule -> schedule.previous(stack, before).map(at -> new Due(at, schedule)).stream())
                .reduce((one, other) -> other.at().isAfter(one.at()) ? other : one);
    }
}
