package dev.holdfast.control.operation;

import dev.holdfast.control.export.Contents;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which part of a snapshot an export is of, and what it is to be. */
public record ExportChoice(Part part, ExportFormat format) {
    /**
     * Decides what is meant.
     *
     * @param part its name; if none is named, the only one that fits the format, and where no format is said either, the only database
     *     or the only part
     * @param format empty for the usual one of the part
     * @throws Missing if there is no such part
     * @throws Invalid (USAGE) if there are several, or the format is not one for it
     */
    public static ExportChoice of(Snapshot snapshot, Optional<String> part, Optional<ExportFormat> format) {
        Part chosen = part.map(name -> Places.known(snapshot, name)).orElseGet(() -> only(snapshot, format));
        boolean database = Contents.isDatabase(chosen);
        ExportFormat wanted = format.orElseGet(() -> ExportFormat.usual(database));
        if (wanted.isOfDatabases() != database) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "part '" + chosen.name() + "' is a " + kind(chosen) + ", which cannot be exported as "
                            + wanted.label(),
                    "say --format " + ExportFormat.listed(database) + ".");
        }
        return new ExportChoice(chosen, wanted);
    }

    private static String kind(Part part) {
        return Contents.isDatabase(part) ? "database" : part.kind();
    }

    private static Part only(Snapshot snapshot, Optional<ExportFormat> format) {
        List<Part> all = snapshot.parts();
        List<Part> databases = all.stream().filter(Contents::isDatabase).toList();
        List<Part> fitting = format.map(wanted -> all.stream()
                        .filter(part -> Contents.isDatabase(part) == wanted.isOfDatabases())
                        .toList())
                .orElse(databases.isEmpty() ? all : databases);
        if (fitting.isEmpty()) {
            boolean ofDatabases = format.map(ExportFormat::isOfDatabases).orElse(true);
            throw new Missing(
                    ErrorCode.PART_MISSING,
                    "snapshot " + snapshot.id() + " has "
                            + (ofDatabases ? "no database" : "neither bucket nor directory"),
                    all.isEmpty() ? "" : "say --format " + ExportFormat.listed(!ofDatabases) + ".");
        }
        if (fitting.size() > 1) {
            String what = fitting.stream().allMatch(Contents::isDatabase) ? "databases" : "parts";
            throw new Invalid(
                    ErrorCode.USAGE,
                    "snapshot " + snapshot.id() + " has " + fitting.size() + " " + what,
                    "name one after the snapshot: "
                            + fitting.stream().map(Part::name).collect(Collectors.joining(", ")) + ".");
        }
        return fitting.getFirst();
    }
}
