package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;

import dev.holdfast.control.adopt.AdoptedBackups;
import dev.holdfast.control.adopt.AdoptedFiles;
import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.export.ExportPlaces;
import java.time.InstantSource;
import java.util.Optional;

/** Lists backups that other tools made. Writes nothing. */
public final class AdoptOperation {
    private final ExportPlaces places;
    private final InstantSource clock;

    public AdoptOperation(ExportPlaces places, InstantSource clock) {
        this.places = places;
        this.clock = clock;
    }

    /**
     * @param place where to look
     * @param database whose backups are meant, exactly of this name; empty for all
     * @param looks whether files are looked into, and not only at their names
     */
    public record Request(AdoptedPlace place, Optional<String> database, boolean looks) {}

    public AdoptedBackups run(Request request, Run run) {
        try (AdoptedFiles files = new AdoptedFiles(places, request.place(), clock)) {
            AdoptedBackups found =
                    run.step(new Step(PREFLIGHT, request.place().name()), _ -> files.list(request.looks()));
            found.findings().forEach(run::found);
            return request.database().map(found::of).orElse(found);
        }
    }
}
