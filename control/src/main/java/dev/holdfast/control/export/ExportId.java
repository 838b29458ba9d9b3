package dev.holdfast.control.export;

import dev.holdfast.engine.repository.SnapshotId;
import java.security.SecureRandom;
import java.time.Instant;

/**
 * The name of one export of one snapshot: 26 characters that order as exports were begun.
 *
 * @param text laid out as a snapshot's id
 */
public record ExportId(String text) implements Comparable<ExportId> {
    public ExportId {
        if (!SnapshotId.isValid(text)) {
            throw new IllegalArgumentException("not the id of an export: '" + text + "'");
        }
    }

    static ExportId at(Instant time, SecureRandom random) {
        return new ExportId(SnapshotId.at(time, random).text());
    }

    @Override
    public int compareTo(ExportId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
