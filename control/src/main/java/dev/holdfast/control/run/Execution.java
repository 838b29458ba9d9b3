package dev.holdfast.control.run;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.BackupOperation;
import dev.holdfast.control.operation.CheckOperation;
import dev.holdfast.control.operation.CompareOperation;
import dev.holdfast.control.operation.Confirmation;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.ExportsOperation;
import dev.holdfast.control.operation.ForgetOperation;
import dev.holdfast.control.operation.PruneOperation;
import dev.holdfast.control.operation.Repositories;
import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.control.operation.RestoreOperation;
import dev.holdfast.control.operation.RetentionOperation;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.operation.RunResult;
import dev.holdfast.control.operation.SyncOperation;
import dev.holdfast.control.stack.CatalogFacts;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.Snapshots;
import dev.holdfast.control.stack.StackRecord;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** From a request to the operation that carries it out; the same ones that commands start. Safe for many threads. */
final class Execution {
    private final Connectors connectors;
    private final Function<StackRecord, Repositories> repositories;
    private final Snapshots snapshots;
    private final Environment environment;
    private final InstantSource clock;

    /**
     * @param repositories those of a stack, whose listing is brought up to date on the way
     */
    Execution(
            Connectors connectors,
            Function<StackRecord, Repositories> repositories,
            Snapshots snapshots,
            Environment environment,
            InstantSource clock) {
        this.connectors = connectors;
        this.repositories = repositories;
        this.snapshots = snapshots;
        this.environment = environment;
        this.clock = clock;
    }

    RunResult run(StackRecord stack, RunRequest request, Run run) {
        Repositories places = repositories.apply(stack);
        StackConfig config = stack.config();
        RepositoryChoice choice = RepositoryChoice.of(config);
        return switch (request) {
            case RunRequest.Backup backup ->
                new BackupOperation(connectors, places, clock)
                        .run(new BackupOperation.Request(config, backup.sources(), labels(backup, config)), run);
            case RunRequest.Restore restore ->
                new RestoreOperation(connectors, places, environment, clock)
                        .run(request(choice, restore), confirmation(restore.confirmed()), run);
            case RunRequest.Check check -> new CheckOperation(places).run(config.repository(), check.readData(), run);
            case RunRequest.Sync _ -> new SyncOperation(places).run(config.repository(), run);
            case RunRequest.Prune prune -> new PruneOperation(places).run(config.repository(), prune.dryRun(), run);
            case RunRequest.Retention retention ->
                new RetentionOperation(places, clock)
                        .run(
                                RetentionOperation.Request.of(
                                        config, CatalogFacts.of(snapshots, stack.name()), retention.dryRun()),
                                run);
            case RunRequest.Forget forget ->
                new ForgetOperation(places).run(choice, forget.snapshots(), confirmation(forget.confirmed()), run);
            case RunRequest.Exports exports ->
                new ExportsOperation(connectors.exportPlaces(), places, clock)
                        .run(
                                new ExportsOperation.Request(
                                        config, exports.snapshot(), ExportsOperation.Work.KEEP, exports.byHand()),
                                run);
            case RunRequest.ExportsCleanUp cleanUp ->
                new ExportsOperation(connectors.exportPlaces(), places, clock)
                        .run(
                                new ExportsOperation.Request(
                                        config,
                                        Optional.empty(),
                                        cleanUp.dryRun() ? ExportsOperation.Work.LOOK : ExportsOperation.Work.CLEAN,
                                        true),
                                run);
            case RunRequest.Compare compare ->
                new CompareOperation(connectors, places, environment)
                        .run(
                                new CompareOperation.Request(
                                        choice, compare.snapshot(), compare.parts(), compare.places()),
                                run);
        };
    }

    private static RestoreOperation.Request request(RepositoryChoice choice, RunRequest.Restore restore) {
        return new RestoreOperation.Request(
                choice,
                restore.snapshot(),
                restore.parts(),
                restore.places(),
                restore.overwrite(),
                restore.database(),
                restore.dryRun());
    }

    private static Map<String, String> labels(RunRequest.Backup backup, StackConfig stack) {
        Map<String, String> labels = new TreeMap<>(backup.labels());
        stack.policies().appVersion().ifPresent(version -> labels.putIfAbsent(SnapshotRecord.APP_VERSION, version));
        return labels;
    }

    private static Confirmation confirmation(boolean given) {
        return given ? Confirmation.GIVEN : Confirmation.REFUSED;
    }
}
