package dev.holdfast.control.run;

import dev.holdfast.control.operation.Step;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that happened to a run.
 *
 * @param sequence its number among all events of the catalog; numbers grow, with gaps
 * @param run to which run
 * @param stack of which stack
 * @param at when
 * @param body what
 */
public record RunEvent(long sequence, RunId run, String stack, Instant at, Body body) {
    /** What happened. */
    public sealed interface Body {
        /** As people see it: {@code state}, {@code step}, {@code progress}, {@code finding} or {@code line}. */
        default String label() {
            return getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * It stands differently now, or waits for something else.
     *
     * @param waitingFor what it waits for; empty if it does not wait
     * @param error why it did not end well
     */
    public record State(RunState state, String waitingFor, Optional<RunRecord.Problem> error) implements Body {}

    /**
     * A step began, or has ended.
     *
     * @param subject a part's name, or empty for the whole
     * @param entries what it did if it has ended
     * @param bytes what it did if it has ended
     */
    public record Stepped(Step.Phase phase, String subject, boolean ended, long entries, long bytes) implements Body {
        @Override
        public String label() {
            return "step";
        }
    }

    /** It has come further; only the last one of each run is kept. */
    public record Progressed(RunProgress progress) implements Body {
        @Override
        public String label() {
            return "progress";
        }
    }

    /** Something a person should know. */
    public record Found(String subject, String message) implements Body {
        @Override
        public String label() {
            return "finding";
        }
    }

    /** A line of its log. */
    public record Line(String text) implements Body {}
}
