package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.CHECK;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;
import static dev.holdfast.control.operation.Step.Phase.RESTORE;

import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.control.adopt.AdoptedBackup;
import dev.holdfast.control.adopt.AdoptedBackups;
import dev.holdfast.control.adopt.AdoptedContent;
import dev.holdfast.control.adopt.AdoptedFiles;
import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.adopt.AdoptedTree;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.source.Finding;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Restores files that another tool keeps into a folder, which is not there before, or empty, and gets its name when it is complete. */
public final class AdoptedTreeRestore {
    private final Connectors connectors;
    private final InstantSource clock;

    public AdoptedTreeRestore(Connectors connectors, InstantSource clock) {
        this.connectors = connectors;
        this.clock = clock;
    }

    /**
     * @param place where the backup is
     * @param backup an id or a name
     * @param target the folder
     * @param dryRun whether nothing is written
     */
    public record Request(AdoptedPlace place, String backup, Path target, boolean dryRun) {}

    /**
     * What was done, or would be.
     *
     * @param sha256 as {@link AdoptedContent#sha256} says
     * @param done whether the folder is there now
     * @param findings what was not taken as it is
     */
    public record Result(
            AdoptedBackup backup, String sha256, Path target, boolean done, List<Finding> findings, Duration took) {
        public Result {
            findings = List.copyOf(findings);
        }
    }

    /**
     * @throws HoldfastException if it is not whole, or the folder is not free; then nothing is left behind
     */
    public Result run(Request request, Run run) {
        Instant began = clock.instant();
        if (request.backup().equals(SnapshotSelector.LATEST)) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "which files are meant by 'latest' nobody can say",
                    "name a backup by its id; 'holdfast adopt' with that place lists all.");
        }
        try (AdoptedFiles files = new AdoptedFiles(connectors.exportPlaces(), request.place(), clock)) {
            AdoptedBackups listed = run.step(new Step(PREFLIGHT, request.place().name()), _ -> files.list(true));
            AdoptedBackup backup = listed.select(request.backup());
            ImportOperation.requireUsable(backup);
            UnpackedFolder.requireFree(request.target());
            AdoptedContent content = run.step(new Step(CHECK, backup.id()), _ -> files.read(backup));
            if (!(content instanceof AdoptedTree tree)) {
                throw new Invalid(
                        ErrorCode.USAGE,
                        "'" + content.where() + "' is a dump of a database, and does not go into a folder",
                        "for example: --to database=postgresql://user@host/shop_copy");
            }
            List<Finding> findings = request.dryRun()
                    ? List.of()
                    : run.step(new Step(RESTORE, request.target().toString()), _ -> restored(request, tree, run));
            return new Result(
                    backup,
                    tree.sha256(),
                    request.target(),
                    !request.dryRun(),
                    findings,
                    Duration.between(began, clock.instant()));
        }
    }

    private static List<Finding> restored(Request request, AdoptedTree tree, Run run) {
        try (UnpackedFolder folder = UnpackedFolder.becoming(request.target())) {
            List<Finding> findings = tree.unpacking().into(folder, run.cancellation()::check);
            folder.commit();
            findings.forEach(run::found);
            return findings;
        }
    }
}
