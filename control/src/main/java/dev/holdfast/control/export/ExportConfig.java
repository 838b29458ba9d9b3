package dev.holdfast.control.export;

import dev.holdfast.control.config.DatabasePart;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What of every snapshot is kept as ordinary files, and where.
 *
 * @param name its name in the stack file
 * @param parts names of parts or of sources; empty for all
 * @param databases what files of databases are
 * @param files what files of buckets and directories are
 * @param names how the files are named
 * @param checksums which digests are written beside them
 * @param protection how they are encrypted and signed
 * @param latest whether a link leads to the newest file of each part
 * @param patience how long one place may let the others wait for a file, in all
 * @param places where they are kept, at least one
 */
public record ExportConfig(
        String name,
        List<String> parts,
        FileFormat databases,
        FileFormat files,
        ExportNames names,
        Set<Checksum> checksums,
        Protection protection,
        boolean latest,
        Duration patience,
        List<ExportPlace> places) {
    /** If nothing is said. */
    public static final Duration PATIENCE = Duration.ofMinutes(30);

    public ExportConfig {
        parts = List.copyOf(parts);
        checksums = Set.copyOf(checksums);
        places = List.copyOf(places);
        if (places.isEmpty()) {
            throw new IllegalArgumentException("an export without a place");
        }
        if (files.isTree()
                && (latest
                        || !protection.isNone()
                        || !checksums.isEmpty()
                        || !names.copies().isEmpty())) {
            throw new IllegalArgumentException("a tree with what only a file can have");
        }
        if (!patience.isPositive()) {
            throw new IllegalArgumentException("a patience of " + patience);
        }
    }

    /** The parts of a snapshot that belong to it; one database of a source with all belongs to its source. */
    public List<Part> partsOf(Snapshot snapshot) {
        return snapshot.parts().stream().filter(part -> takes(part.name())).toList();
    }

    private boolean takes(String part) {
        return parts.isEmpty()
                || parts.contains(part)
                || DatabasePart.parse(part)
                        .map(one -> parts.contains(one.source()))
                        .orElse(false);
    }

    /** The same with one of its places alone. */
    public ExportConfig at(ExportPlace place) {
        return new ExportConfig(
                name, parts, databases, files, names, checksums, protection, latest, patience, List.of(place));
    }

    FileFormat format(Part part) {
        return part.kind().equals(PostgresConfig.KIND) ? databases : files;
    }
}
