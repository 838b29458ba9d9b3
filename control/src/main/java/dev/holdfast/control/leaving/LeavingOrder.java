package dev.holdfast.control.leaving;

import dev.holdfast.control.config.DatabasePart;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.Protection;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is to be written.
 *
 * @param since only snapshots that were begun then or later
 * @param parts names of parts or of sources; empty for all
 * @param databases what files of databases are
 * @param files what files of buckets and directories are
 * @param protection how files with contents are encrypted; records and the index are not
 * @param overwrite whether a file may be replaced that is there and not as it was written, or not known
 */
public record LeavingOrder(
        Optional<Instant> since,
        List<String> parts,
        FileFormat databases,
        FileFormat files,
        Protection protection,
        boolean overwrite) {
    public LeavingOrder {
        parts = List.copyOf(parts);
    }

    /** Whether something of a snapshot is asked for. */
    public boolean takes(Snapshot snapshot) {
        boolean recent = since.map(time -> !snapshot.began().isBefore(time)).orElse(true);
        return recent && snapshot.parts().stream().anyMatch(this::takes);
    }

    boolean takes(Part part) {
        return parts.isEmpty()
                || parts.contains(part.name())
                || DatabasePart.parse(part.name())
                        .map(one -> parts.contains(one.source()))
                        .orElse(false);
    }
}
