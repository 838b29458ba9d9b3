package dev.holdfast.server.routes;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.control.access.Role;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.control.run.RunFilter;
import dev.holdfast.control.run.RunKind;
import dev.holdfast.control.run.RunRecord;
import dev.holdfast.control.run.RunRequest;
import dev.holdfast.control.run.RunState;
import dev.holdfast.control.stack.SnapshotFilter;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.SnapshotRecord.PartRecord;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.DestinationView;
import dev.holdfast.server.view.TeamViews;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The calls that teams had before, in their form. They begin the same runs and show the same snapshots as all others. */
public final class TeamRoutes {
    private static final int LISTED = 1000;
    private static final int LAST = 20;
    private static final int LOG_LINES = 50;
    private static final int DEFAULT_WAIT = 60;
    private static final int ARCHIVE_LEVEL = 6;
    private static final Pattern ID_IN_NAME = Pattern.compile("_([0-7][0-9a-hjkmnp-tv-z]{25})\\.[a-z.]{1,20}$");
    private static final List<ExportFormat> FORMATS = List.of(
            new ExportFormat.Archive(ARCHIVE_LEVEL),
            new ExportFormat.Sql(0, false),
            new ExportFormat.Sql(ARCHIVE_LEVEL, false));

    private final Services services;
    private final StackLooks looks;
    private final DownloadRoutes downloads;

    public TeamRoutes(Services services, DownloadRoutes downloads) {
        this.services = services;
        this.looks = new StackLooks(services);
        this.downloads = downloads;
    }

    /** What is to be backed up. */
    record Order(Optional<String> stack, Optional<List<String>> sources) {}

    /** How it is to be restored. */
    record Restore(Optional<List<String>> parts, boolean overwrite, Optional<String> confirm) {}

    public List<Route> all() {
        return List.of(
                Route.post("/api/backup/trigger", Admission.OPERATOR, this::trigger)
                        .narrowing(),
                Route.get("/api/backup/status", Admission.VIEWER, this::status),
                Route.get("/api/backup/list", Admission.VIEWER, this::files),
                Route.get("/api/backup/download/{filename}", Admission.OPERATOR, this::downloadByName)
                        .narrowing(),
                Route.get("/api/backups", Admission.VIEWER, this::records),
                Route.post("/api/backups/create", Admission.OPERATOR, this::create)
                        .narrowing(),
                Route.delete("/api/backups/{id}", Admission.ADMIN, this::delete).narrowing(),
                Route.post("/api/backups/{id}/restore", Admission.OPERATOR, this::restore)
                        .narrowing(),
                Route.get("/api/backups/{id}/download", Admission.OPERATOR, this::download)
                        .narrowing());
    }

    private StackRecord stack(Call call, Role needed) {
        return StackRoutes.named(services, call, call.maybe("stack"), needed);
    }

    private RunRecord begin(Call call) {
        Order order = call.maybeBody(Order.class).orElse(new Order(Optional.empty(), Optional.empty()));
        StackRecord stack =
                StackRoutes.named(services, call, call.maybe("stack").or(order::stack), Role.OPERATOR);
        return RunRoutes.begin(
                services,
                call,
                new RunRequest.Backup(stack.name(), order.sources().orElse(List.of()), Map.of()));
    }

    private Answer trigger(Call call) {
        RunRecord run = begin(call);
        return Answer.accepted(
                "/api/v1/runs/" + run.id(),
                new TeamViews.Triggered(
                        "accepted",
                        "the backup goes on in the background",
                        run.stack(),
                        run.id().text(),
                        run.requested()));
    }

    private Answer create(Call call) {
        RunRecord run = begin(call);
        Optional<RunRecord> ended =
                services.runs().awaitEnd(run.id(), Duration.ofSeconds(call.number("wait", DEFAULT_WAIT)));
        ended.filter(r -> r.state() != RunState.SUCCEEDED && r.state() != RunState.ATTENTION)
                .ifPresent(TeamRoutes::fail);
        return ended.flatMap(RunRecord::snapshot)
                .flatMap(id -> services.snapshots().find(run.stack(), id))
                .map(snapshot -> Answer.created(address(snapshot), view(snapshot)))
                .orElseGet(() -> RunRoutes.accepted(ended.orElse(run)));
    }

    private static void fail(RunRecord run) {
        throw run.error()
                .map(problem -> new Failed(problem.code(), problem.message(), problem.hint()))
                .orElseGet(() -> new Failed(
                        ErrorCode.INTERNAL, "the backup is " + run.state().label(), "its log says more."));
    }

    private Answer status(Call call) {
        StackRecord stack = stack(call, Role.VIEWER);
        List<SnapshotRecord> newest = newest(stack.name(), LISTED);
        return Answer.ok(new TeamViews.BackupStatus(
                stack.name(),
                new TeamViews.Configuration(
                        looks.sources(stack.config()),
                        looks.destinations(stack),
                        StackLooks.text(StackLooks.schedules(stack)),
                        StackLooks.retention(
                                stack.config().policies().retention().policy())),
                new TeamViews.Totals(
                        services.snapshots().count(SnapshotFilter.ALL.ofStack(stack.name())),
                        newest.stream().mapToLong(SnapshotRecord::bytes).sum(),
                        newest.stream().mapToLong(SnapshotRecord::storedBytes).sum(),
                        newest.stream().findFirst().map(SnapshotRecord::committed)),
                newest.stream().limit(LAST).map(this::view).toList(),
                lastLog(stack.name()),
                stack.config().repository().destinations().stream()
                        .map(this::disk)
                        .toList(),
                StackLooks.warnings(stack)));
    }

    /** The end of the log of the last backup that has written one. */
    private List<String> lastLog(String stack) {
        return services
                .runs()
                .list(RunFilter.ALL.ofStack(stack).ofKind(RunKind.BACKUP), Optional.empty(), LAST)
                .runs()
                .stream()
                .map(run -> services.logs().text(run.id()).lines().toList())
                .filter(lines -> !lines.isEmpty())
                .findFirst()
                .map(lines -> lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()))
                .orElse(List.of());
    }

    private TeamViews.Disk disk(DestinationConfig config) {
        try (ObjectStore store = services.connectors().store(config)) {
            return new TeamViews.Disk(config.name(), store.location(), store.freeBytes());
        } catch (HoldfastException e) {
            return new TeamViews.Disk(config.name(), "", OptionalLong.empty());
        }
    }

    private List<SnapshotRecord> newest(String stack, int count) {
        return services.snapshots()
                .list(SnapshotFilter.ALL.ofStack(stack), Optional.empty(), count)
                .snapshots();
    }

    private Stream<SnapshotRecord> wanted(Call call) {
        return call.maybe("stack").isPresent()
                ? newest(stack(call, Role.VIEWER).name(), LISTED).stream()
                : services.stacks().list().stream()
                        .filter(stack -> call.visible().test(stack.name()))
                        .flatMap(stack -> newest(stack.name(), LISTED).stream())
                        .sorted((one, other) -> other.id().compareTo(one.id()))
                        .limit(LISTED);
    }

    private Answer files(Call call) {
        Instant now = services.clock().instant();
        return Answer.ok(new TeamViews.BackupFiles(
                wanted(call).flatMap(snapshot -> files(snapshot, now)).toList()));
    }

    private static Stream<TeamViews.BackupFile> files(SnapshotRecord snapshot, Instant now) {
        return DownloadRoutes.databases(snapshot).stream()
                .map(part -> new TeamViews.BackupFile(
                        DownloadRoutes.fileName(snapshot, part.name(), FORMATS.getFirst()),
                        part.bytes(),
                        snapshot.began(),
                        Math.max(0, Duration.between(snapshot.began(), now).toDays())));
    }

    private Answer records(Call call) {
        return Answer.ok(new TeamViews.Backups(wanted(call).map(this::view).toList()));
    }

    private static String address(SnapshotRecord snapshot) {
        return SnapshotRoutes.ONE
                .replace("{stack}", snapshot.stack())
                .replace("{snapshot}", snapshot.id().text());
    }

    private TeamViews.Backup view(SnapshotRecord snapshot) {
        List<String> databases = DownloadRoutes.databases(snapshot).stream()
                .map(PartRecord::name)
                .toList();
        return new TeamViews.Backup(
                snapshot.id().text(),
                databases.isEmpty()
                        ? snapshot.stack() + "_" + snapshot.id()
                        : DownloadRoutes.fileName(snapshot, databases.getFirst(), FORMATS.getFirst()),
                snapshot.bytes(),
                "/api/backups/" + snapshot.id() + "/download",
                snapshot.committed(),
                snapshot.stack(),
                databases,
                snapshot.assurance().copies(),
                locations(snapshot.stack()));
    }

    /** Where copies are, as far as is known from the last look. */
    private List<String> locations(String stack) {
        return services.stacks().find(stack).stream()
                .flatMap(known -> looks.destinations(known).stream())
                .filter(destination -> destination.state().equals("complete"))
                .map(DestinationView::location)
                .toList();
    }

    /** The snapshot with an id, of whichever stack that who asks may see. */
    private SnapshotRecord snapshot(Call call, SnapshotId id, Role needed) {
        SnapshotRecord found = services.stacks().list().stream()
                .filter(stack -> call.visible().test(stack.name()))
                .flatMap(stack -> services.snapshots().find(stack.name(), id).stream())
                .findFirst()
                .orElseThrow(() -> new Missing(ErrorCode.SNAPSHOT_MISSING, "there is no backup " + id, ""));
        call.permit(needed, found.stack());
        return found;
    }

    private Answer downloadByName(Call call) {
        String name = call.text("filename");
        Matcher matcher = ID_IN_NAME.matcher(name);
        if (!matcher.find()) {
            throw noFile();
        }
        SnapshotRecord snapshot = snapshot(call, new SnapshotId(matcher.group(1)), Role.OPERATOR);
        for (PartRecord part : DownloadRoutes.databases(snapshot)) {
            for (ExportFormat format : FORMATS) {
                if (DownloadRoutes.fileName(snapshot, part.name(), format).equals(name)) {
                    return downloads.database(snapshot, Optional.of(part.name()), format);
                }
            }
        }
        throw noFile();
    }

    private static Missing noFile() {
        return new Missing(ErrorCode.UNKNOWN_NAME, "there is no backup of that name", "/api/backup/list lists them.");
    }

    private Answer download(Call call) {
        SnapshotRecord snapshot = snapshot(call, new SnapshotId(call.text("id")), Role.OPERATOR);
        return downloads.database(snapshot, call.maybe("part"), FORMATS.getFirst());
    }

    private Answer delete(Call call) {
        SnapshotRecord snapshot = snapshot(call, new SnapshotId(call.text("id")), Role.ADMIN);
        return RunRoutes.accepted(SnapshotRoutes.forget(services, call, snapshot, call.text("confirm")));
    }

    private Answer restore(Call call) {
        SnapshotRecord snapshot = snapshot(call, new SnapshotId(call.text("id")), Role.OPERATOR);
        Restore order = call.maybeBody(Restore.class).orElse(new Restore(Optional.empty(), false, Optional.empty()));
        return RunRoutes.accepted(RunRoutes.begin(
                services,
                call,
                new RunRequest.Restore(
                        snapshot.stack(),
                        snapshot.id().text(),
                        order.parts().orElse(List.of()),
                        Map.of(),
                        order.overwrite(),
                        RestoreRoutes.confirmed(snapshot.stack(), order.overwrite(), order.confirm()),
                        PostgresRestore.WHOLE,
                        false)));
    }
}
