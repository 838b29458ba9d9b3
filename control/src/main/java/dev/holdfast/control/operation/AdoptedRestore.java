package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.CHECK;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;
import static dev.holdfast.control.operation.Step.Phase.RESTORE;

import dev.holdfast.connectors.postgres.FileRestore;
import dev.holdfast.control.adopt.AdoptedBackup;
import dev.holdfast.control.adopt.AdoptedBackups;
import dev.holdfast.control.adopt.AdoptedContent;
import dev.holdfast.control.adopt.AdoptedDump;
import dev.holdfast.control.adopt.AdoptedFiles;
import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Restores a backup of another tool into a database. The file is read to its end and proven before anything is made; the database is
 * built beside what is there, and its rows are counted before it gets its name.
 */
public final class AdoptedRestore {
    private final Connectors connectors;
    private final InstantSource clock;

    public AdoptedRestore(Connectors connectors, InstantSource clock) {
        this.connectors = connectors;
        this.clock = clock;
    }

    /**
     * @param place where the backup is
     * @param database of which it is, exactly of this name; empty for any
     * @param backup {@code latest}, an id or a name
     * @param target where to
     * @param how what may be replaced
     */
    public record Request(
            AdoptedPlace place, Optional<String> database, String backup, PostgresConfig target, How how) {}

    /**
     * @param overwrite whether a database with something in it may be replaced
     * @param keepsOwners whether owners and rights are restored
     * @param keepsReplaced whether what was replaced is kept under another name
     * @param dryRun whether nothing is changed
     */
    public record How(boolean overwrite, boolean keepsOwners, boolean keepsReplaced, boolean dryRun) {}

    /**
     * What was done, or would be.
     *
     * @param backup which one
     * @param sha256 of its file
     * @param plan what would be replaced
     * @param done what was done; empty for a dry run
     */
    public record Result(
            AdoptedBackup backup,
            String sha256,
            FileRestore.Plan plan,
            Optional<FileRestore.Result> done,
            Duration took) {}

    /**
     * @throws HoldfastException if the file is not whole, or cannot be restored; then what was there is untouched
     */
    public Result run(Request request, Confirmation confirmation, Run run) {
        Instant began = clock.instant();
        try (AdoptedFiles files = new AdoptedFiles(connectors.exportPlaces(), request.place(), clock)) {
            AdoptedBackups listed = run.step(new Step(PREFLIGHT, request.place().name()), _ -> files.list(true));
            AdoptedBackup backup =
                    request.database().map(listed::of).orElse(listed).select(request.backup());
            ImportOperation.requireUsable(backup);
            AdoptedContent content = run.step(new Step(CHECK, backup.id()), _ -> files.read(backup));
            if (!(content instanceof AdoptedDump dump)) {
                throw new Invalid(
                        ErrorCode.USAGE,
                        "'" + content.where() + "' holds files, and no database",
                        "restore it to a folder: --to files=/a/new/folder");
            }
            dump.requireOneDatabase();
            How how = request.how();
            FileRestore restore = connectors
                    .adoptedDatabases()
                    .into(
                            request.target(),
                            how.overwrite(),
                            how.keepsOwners(),
                            how.keepsReplaced(),
                            run.cancellation()::check);
            FileRestore.Plan plan =
                    run.step(new Step(PREFLIGHT, request.target().name()), _ -> restore.plan());
            if (!how.dryRun()) {
                plan.obstacle().ifPresent(obstacle -> {
                    throw obstacle;
                });
                confirm(plan.losses(), request.target().name(), confirmation);
            }
            Optional<FileRestore.Result> done = how.dryRun()
                    ? Optional.empty()
                    : Optional.of(run.step(
                            new Step(RESTORE, request.target().name()),
                            _ -> dump.restored(connectors::unpackedFolder, run.cancellation()::check, restore::run)));
            done.ifPresent(result -> result.findings().forEach(run::found));
            return new Result(backup, dump.sha256(), plan, done, Duration.between(began, clock.instant()));
        }
    }

    private static void confirm(List<String> losses, String name, Confirmation confirmation) {
        String loss = String.join(" ", losses);
        if (!losses.isEmpty() && !confirmation.given(new Confirmation.Question(loss, name))) {
            throw new Cancelled(
                    ErrorCode.NOT_CONFIRMED,
                    "the restore was not confirmed: " + loss,
                    "add --yes, or restore under another name with --to.");
        }
    }
}
