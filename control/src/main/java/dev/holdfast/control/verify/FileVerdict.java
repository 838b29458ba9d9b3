package dev.holdfast.control.verify;

import dev.holdfast.connectors.dump.DumpReport;
import dev.holdfast.connectors.postgres.TrialReport;
import dev.holdfast.engine.error.HoldfastException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What became of one file.
 *
 * @param file its name in the place
 * @param bytes its length; 0 if it is not there
 * @param age since it was written, by the clock of the place; empty if it is not there
 * @param state how it stands
 * @param failure why it is not whole, or could not be proven
 * @param report what is in it; empty if that was not looked at or does not hold
 * @param trial what came back; empty if it was not restored
 * @param compared what holds, for people
 * @param notCompared what could not be looked at, for people
 */
public record FileVerdict(
        String file,
        long bytes,
        Optional<Duration> age,
        State state,
        Optional<HoldfastException> failure,
        Optional<DumpReport> report,
        Optional<TrialReport> trial,
        List<String> compared,
        List<String> notCompared) {
    /** How a file stands. */
    public enum State {
        /** Everything that was asked for was looked at and holds. */
        WHOLE,
        /** Nothing is wrong, but not everything could be looked at. */
        UNPROVEN,
        /** It is missing, cut, changed or does not restore. */
        BAD
    }

    public FileVerdict {
        compared = List.copyOf(compared);
        notCompared = List.copyOf(notCompared);
    }
}
