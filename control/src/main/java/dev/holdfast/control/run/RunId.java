package dev.holdfast.control.run;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.SnapshotId;
import java.security.SecureRandom;
import java.time.Instant;

/**
 * The name of a run: 26 characters, laid out as a {@link SnapshotId}, so that ids order as runs were asked for.
 *
 * @param text the 26 characters, lower case
 */
public record RunId(String text) implements Comparable<RunId> {
    public RunId {
        if (!SnapshotId.isValid(text)) {
            throw new Invalid(
                    ErrorCode.UNKNOWN_NAME,
                    "'" + text + "' is not the id of a run",
                    "an id has 26 letters and digits.");
        }
    }

    static RunId at(Instant time, SecureRandom random) {
        return new RunId(SnapshotId.at(time, random).text());
    }

    @Override
    public int compareTo(RunId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
