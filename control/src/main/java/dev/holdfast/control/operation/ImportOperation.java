package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.CAPTURE;
import static dev.holdfast.control.operation.Step.Phase.CHECK;
import static dev.holdfast.control.operation.Step.Phase.OPEN;
import static dev.holdfast.control.operation.Step.Phase.PREFLIGHT;

import dev.holdfast.connectors.adopt.BackupHead;
import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.control.adopt.AdoptedBackup;
import dev.holdfast.control.adopt.AdoptedBackups;
import dev.holdfast.control.adopt.AdoptedContent;
import dev.holdfast.control.adopt.AdoptedDump;
import dev.holdfast.control.adopt.AdoptedFiles;
import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.adopt.AdoptedTree;
import dev.holdfast.control.adopt.Layout;
import dev.holdfast.control.config.DatabasePart;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.control.operation.AdoptResult.Item;
import dev.holdfast.control.operation.AdoptResult.Outcome;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.repository.Commit;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.repository.SnapshotWriter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.Source;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes snapshots of backups of other tools: a database is restored into a server of its own, files are unpacked into a folder of their
 * own; that is captured like any other, and has the time of the backup. One that fails keeps no other from being imported.
 */
public final class ImportOperation {
    /** Labels of what was imported. */
    public static final String TOOL = "imported-from";

    public static final String FILE = "imported-file";
    public static final String DIGEST = "imported-sha256";

    private final Connectors connectors;
    private final Repositories repositories;
    private final InstantSource clock;

    public ImportOperation(Connectors connectors, Repositories repositories, InstantSource clock) {
        this.connectors = connectors;
        this.repositories = repositories;
        this.clock = clock;
    }

    /**
     * @param stack whose snapshots they become
     * @param place where they are
     * @param database whose backups are meant, exactly of this name; empty for all
     * @param chosen ids or names; empty for all that can be used
     * @param dryRun whether nothing is written
     */
    public record Request(
            StackConfig stack, AdoptedPlace place, Optional<String> database, List<String> chosen, boolean dryRun) {
        public Request {
            chosen = List.copyOf(chosen);
        }
    }

    public AdoptResult run(Request request, Run run) {
        Instant began = clock.instant();
        try (AdoptedFiles files = new AdoptedFiles(connectors.exportPlaces(), request.place(), clock)) {
            AdoptedBackups listed = run.step(new Step(PREFLIGHT, request.place().name()), _ -> files.list(true));
            AdoptedBackups found = request.database().map(listed::of).orElse(listed);
            listed.findings().forEach(run::found);
            List<AdoptedBackup> chosen = chosen(found, request.chosen());
            try (OpenRepository repository = run.step(
                    Step.of(OPEN), _ -> repositories.open(request.stack().repository()))) {
                Importing importing = new Importing(request, files, repository, run);
                List<Item> items = new ArrayList<>();
                // the oldest first, so that each finds what the one before has stored already
                for (AdoptedBackup backup : chosen.reversed()) {
                    items.add(new Item(backup, importing.outcome(backup)));
                }
                List<Finding> findings = Stream.concat(listed.findings().stream(), importing.findings.stream())
                        .toList();
                return new AdoptResult(items, findings, Duration.between(began, clock.instant()));
            }
        }
    }

    /**
     * What was named, or everything that is there but exports of Holdfast itself.
     *
     * @throws Invalid (USAGE) if there is nothing
     */
    static List<AdoptedBackup> chosen(AdoptedBackups found, List<String> names) {
        List<AdoptedBackup> chosen = names.isEmpty()
                ? found.backups().stream()
                        .filter(backup -> backup.layout() != Layout.HOLDFAST)
                        .toList()
                : found.backups().stream()
                        .filter(backup -> names.stream()
                                .map(found::select)
                                .anyMatch(named -> named.name().equals(backup.name())))
                        .toList();
        if (chosen.isEmpty()) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "there is no backup of another tool in " + found.location(),
                    "'holdfast adopt' with that place lists what there is.");
        }
        return chosen;
    }

    /**
     * @throws Unsupported (USAGE) if its state says that it cannot be used
     */
    static void requireUsable(AdoptedBackup backup) {
        if (!backup.isUsable()) {
            throw new Unsupported(
                    ErrorCode.CHECK_FAILED, "'" + backup.name() + "' cannot be used: " + backup.why(), hint(backup));
        }
    }

    private static String hint(AdoptedBackup backup) {
        if (backup.state() != AdoptedBackup.State.LOCKED) {
            return "take another one.";
        }
        return !backup.layers().isEmpty() && backup.layers().getLast() == BackupHead.Layer.OPENPGP
                ? "give its passphrase or secret key."
                : "take that off with its own program, and adopt what comes out.";
    }

    /** One run. For one thread. */
    private final class Importing {
        private final Request request;
        private final AdoptedFiles files;
        private final OpenRepository repository;
        private final Run run;
        private final Map<String, SnapshotId> known = new HashMap<>();
        private final List<Finding> findings = new ArrayList<>();

        Importing(Request request, AdoptedFiles files, OpenRepository repository, Run run) {
            this.request = request;
            this.files = files;
            this.repository = repository;
            this.run = run;
            for (Snapshot snapshot : repository.snapshots()) {
                String digest = snapshot.labels().get(DIGEST);
                if (digest != null && snapshot.stack().equals(request.stack().name())) {
                    known.put(digest, snapshot.id());
                }
            }
        }

        Outcome outcome(AdoptedBackup backup) {
            try {
                requireUsable(backup);
                if (backup.time().isAfter(clock.instant())) {
                    throw new Invalid(
                            ErrorCode.USAGE,
                            "'" + backup.name() + "' is dated " + backup.time() + ", which is yet to come",
                            "say in which zone its name is read with --zone.");
                }
                return imported(backup);
            } catch (Cancelled e) {
                throw e;
            } catch (HoldfastException e) {
                return new Outcome.Failed(e);
            }
        }

        private Outcome imported(AdoptedBackup backup) {
            AdoptedContent content = run.step(new Step(CHECK, backup.id()), _ -> files.read(backup));
            SnapshotId before = known.get(content.sha256());
            if (before != null) {
                return new Outcome.There(before);
            }
            return switch (content) {
                case AdoptedDump dump -> imported(dump);
                case AdoptedTree tree -> imported(tree);
            };
        }

        private Outcome imported(AdoptedTree tree) {
            String part = folderPart(tree.title());
            if (request.dryRun()) {
                return new Outcome.Planned(part);
            }
            Commit commit = run.step(new Step(CAPTURE, tree.backup().id()), progress -> {
                try (UnpackedFolder folder = connectors.unpackedFolder()) {
                    tree.unpacking().into(folder, run.cancellation()::check).forEach(this::found);
                    DirectoryConfig config = new DirectoryConfig(part, folder.path(), List.of());
                    try (Source source =
                            connectors.source(config, request.stack().repository())) {
                        return committed(tree, part, source, progress);
                    }
                }
            });
            known.put(tree.sha256(), commit.snapshot().id());
            return new Outcome.Imported(commit.snapshot().id(), part, -1);
        }

        private Outcome imported(AdoptedDump dump) {
            AdoptedBackup backup = dump.backup();
            dump.requireOneDatabase();
            String database = Optional.of(dump.contents().database())
                    .filter(name -> !name.isEmpty())
                    .or(backup::database)
                    .orElse("database");
            Home home = home(database);
            if (request.dryRun()) {
                return new Outcome.Planned(home.part);
            }
            Commit commit = run.step(
                    new Step(CAPTURE, backup.id()),
                    progress -> dump.restored(
                            connectors::unpackedFolder,
                            run.cancellation()::check,
                            one -> connectors
                                    .adoptedDatabases()
                                    .captured(
                                            one,
                                            home.owner,
                                            database,
                                            run.cancellation()::check,
                                            source -> committed(dump, home.part, source, progress))));
            known.put(dump.sha256(), commit.snapshot().id());
            return new Outcome.Imported(
                    commit.snapshot().id(), home.part, dump.contents().rows());
        }

        private Commit committed(AdoptedContent content, String part, Source source, Progress progress) {
            AdoptedBackup backup = content.backup();
            source.preflight();
            try (SnapshotWriter writer =
                    repository.beginShowing(backup.time(), request.stack().name(), labels(content))) {
                source.freeze();
                PartWriter capturing = writer.beginPart(part, source.kind(), content.where(), progress);
                writer.endPart(source.capture(capturing));
                return writer.commit();
            }
        }

        private Map<String, String> labels(AdoptedContent content) {
            Map<String, String> labels = new LinkedHashMap<>();
            labels.put(TOOL, content.backup().layout().label());
            labels.put(FILE, content.where());
            labels.put(DIGEST, content.sha256());
            return labels;
        }

        private record Home(String part, String owner) {}

        /** The source that is this very database; a database that no source is becomes a part of its own name. */
        private Home home(String database) {
            for (PostgresConfig source : databases()) {
                String owner = source.user().orElse(database);
                if (source.scope().everyDatabase()) {
                    return new Home(new DatabasePart(source.name(), database).name(), owner);
                }
                if (source.database().filter(database::equals).isPresent()) {
                    return new Home(source.name(), owner);
                }
            }
            run.found(new Finding(
                    database,
                    "no source of stack '" + request.stack().name() + "' is this database; it is a part by itself"));
            return new Home(database, database);
        }

        /** A directory of the stack, or else a part by itself, whose name is that of no other source. */
        private String folderPart(String title) {
            Optional<SourceConfig> source = request.stack().source(title);
            if (source.filter(DirectoryConfig.class::isInstance).isPresent()) {
                return title;
            }
            String part = source.isPresent() ? title + "-files" : title;
            run.found(new Finding(
                    part,
                    "no directory of stack '" + request.stack().name() + "' is named '" + title
                            + "'; its files are a part by themselves"));
            return part;
        }

        private void found(Finding finding) {
            run.found(finding);
            findings.add(finding);
        }

        private List<PostgresConfig> databases() {
            return request.stack().sources().stream()
                    .filter(PostgresConfig.class::isInstance)
                    .map(PostgresConfig.class::cast)
                    .toList();
        }
    }
}
