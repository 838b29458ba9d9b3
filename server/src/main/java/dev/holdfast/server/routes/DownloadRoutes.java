package dev.holdfast.server.routes;

import dev.holdfast.control.operation.Cancellation;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.control.operation.ExportOperation;
import dev.holdfast.control.operation.ExportResult;
import dev.holdfast.control.operation.RepositoryChoice;
import dev.holdfast.control.operation.Run;
import dev.holdfast.control.stack.SnapshotRecord;
import dev.holdfast.control.stack.SnapshotRecord.PartRecord;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.server.browse.Contents;
import dev.holdfast.server.browse.ExportFrames;
import dev.holdfast.server.browse.Shelf;
import dev.holdfast.server.browse.StreamedExport;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.ExportNewsView;
import dev.holdfast.server.view.ExportReportView;
import dev.holdfast.server.view.FailureView;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Parts of a snapshot as files, made while they are sent. */
public final class DownloadRoutes {
    /** Each holds some MiB, and an export opens the repository anew. */
    private static final int AT_ONCE = 6;

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final String BYTES = "application/octet-stream";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss'Z'").withZone(ZoneOffset.UTC);

    private final Services services;
    private final Shelf shelf;
    private final ExportOperation exports;
    private final Semaphore places = new Semaphore(AT_ONCE);

    public DownloadRoutes(Services services, Shelf shelf) {
        this.services = services;
        this.shelf = shelf;
        this.exports = new ExportOperation(services.connectors(), services.repositories(), services.clock());
    }

    public List<Route> all() {
        return List.of(
                route(DownloadOrder.CONTENT),
                route(DownloadOrder.TABLE),
                route(DownloadOrder.EXPORT),
                Route.get(
                        SnapshotRoutes.ONE + "/export/followed",
                        Admission.OPERATOR,
                        call -> followed(DownloadOrder.of(call, DownloadOrder.EXPORT), call.flag("changeable"))));
    }

    private Route route(String kind) {
        return Route.get(
                SnapshotRoutes.ONE + "/" + kind, Admission.OPERATOR, call -> answer(DownloadOrder.of(call, kind)));
    }

    /** What is asked for, as a file; that it is there is known before anything is sent. */
    Answer answer(DownloadOrder order) {
        return switch (order.kind()) {
            case DownloadOrder.CONTENT -> content(order);
            case DownloadOrder.TABLE -> table(order);
            default -> export(order);
        };
    }

    /** Copies an entry of a part. */
    private interface Copying {
        void copy(PartReader part, Entry entry, OutputStream out) throws IOException;
    }

    private Answer content(DownloadOrder order) {
        String key = order.neededKey();
        Entry entry = look(order, part -> Contents.file(part, key));
        return new Answer.Download(Contents.name(entry), BYTES, out -> copy(order, entry, Contents::copy, out));
    }

    private Answer table(DownloadOrder order) {
        String name = order.neededTable();
        Entry entry = look(order, part -> Contents.table(part, name));
        return new Answer.Download(
                name + ".csv", "text/csv; charset=utf-8", out -> copy(order, entry, Contents::copyRows, out));
    }

    private Entry look(DownloadOrder order, Function<PartReader, Entry> finding) {
        try (Shelf.Lent lent = shelf.lend(stack(order))) {
            return finding.apply(part(lent, order));
        }
    }

    private void copy(DownloadOrder order, Entry entry, Copying copying, OutputStream out) throws IOException {
        enter();
        try (Shelf.Lent lent = shelf.lend(stack(order))) {
            copying.copy(part(lent, order), entry, out);
        } finally {
            places.release();
        }
    }

    private static PartReader part(Shelf.Lent lent, DownloadOrder order) {
        return lent.part(lent.snapshot(order.stack(), new SnapshotId(order.snapshot())), order.neededPart());
    }

    private StackRecord stack(DownloadOrder order) {
        return services.stacks().show(order.stack());
    }

    private Answer export(DownloadOrder order) {
        SnapshotRecord snapshot = services.snapshots().show(stack(order).name(), new SnapshotId(order.snapshot()));
        return database(snapshot, order.part(), format(order).orElse(ExportFormat.usual(true)));
    }

    private static Optional<ExportFormat> format(DownloadOrder order) {
        OptionalInt level = order.compress().map(OptionalInt::of).orElse(OptionalInt.empty());
        return ExportFormat.of(order.format(), level, order.create());
    }

    /** For programs: with how it goes, what was found, and why it cannot be made whole. */
    private Answer followed(DownloadOrder order, boolean changeable) {
        StackRecord stack = stack(order);
        SnapshotRecord snapshot = services.snapshots().show(stack.name(), new SnapshotId(order.snapshot()));
        ExportOperation.Request request = new ExportOperation.Request(
                RepositoryChoice.of(stack.config()), snapshot.id().text(), order.part(), format(order));
        return new Answer.Download(snapshot.id() + ".export", ExportFrames.TYPE, out -> {
            enter();
            try (ExportFrames frames = ExportFrames.to(out, HEARTBEAT)) {
                frames.tell(told(request, frames, changeable));
            } finally {
                places.release();
            }
        });
    }

    private ExportNewsView told(ExportOperation.Request request, ExportFrames frames, boolean changeable) {
        try {
            ExportResult result = exports.run(request, frames.file(changeable), new Run(frames, new Cancellation()));
            return ExportNewsView.of(ExportReportView.of(result));
        } catch (HoldfastException e) {
            return ExportNewsView.of(FailureView.of(e));
        }
    }

    /** A database of a snapshot as a file; the only one, if none is named. */
    Answer database(SnapshotRecord snapshot, Optional<String> part, ExportFormat format) {
        StackRecord stack = services.stacks().show(snapshot.stack());
        String name = part(snapshot, part);
        return new Answer.Download(fileName(snapshot, name, format), BYTES, out -> {
            enter();
            try {
                exports.run(
                        new ExportOperation.Request(
                                RepositoryChoice.of(stack.config()),
                                snapshot.id().text(),
                                Optional.of(name),
                                Optional.of(format)),
                        new StreamedExport(out),
                        Run.silent());
            } finally {
                places.release();
            }
        });
    }

    /** What a database of a snapshot is called as a file. */
    static String fileName(SnapshotRecord snapshot, String part, ExportFormat format) {
        String ending = switch (format) {
            case ExportFormat.Archive _ -> ".dump";
            case ExportFormat.Sql sql -> sql.level() > 0 ? ".sql.gz" : ".sql";
            case ExportFormat.Roles roles -> roles.level() > 0 ? ".roles.sql.gz" : ".roles.sql";
            case ExportFormat.Kept kept -> "." + kept.format().extension();
            case ExportFormat.Tree _ -> throw new IllegalArgumentException("a tree is no file");
        };
        return snapshot.stack() + "_" + part.replace('/', '.') + "_" + TIME.format(snapshot.began()) + "_"
                + snapshot.id() + ending;
    }

    /** The databases of a snapshot. */
    static List<PartRecord> databases(SnapshotRecord snapshot) {
        return snapshot.parts().stream()
                .filter(part -> part.kind().equals("postgres"))
                .toList();
    }

    private static String part(SnapshotRecord snapshot, Optional<String> wanted) {
        List<String> names = databases(snapshot).stream().map(PartRecord::name).toList();
        if (wanted.isPresent() ? names.contains(wanted.get()) : names.size() == 1) {
            return wanted.orElseGet(names::getFirst);
        }
        if (wanted.isEmpty() && names.size() > 1) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "snapshot " + snapshot.id() + " has " + names.size() + " databases",
                    "name one by 'part': " + String.join(", ", names) + ".");
        }
        throw new Missing(
                ErrorCode.PART_MISSING,
                "snapshot " + snapshot.id() + " has no such database",
                names.isEmpty() ? "it has none." : "it has " + String.join(", ", names) + ".");
    }

    private void enter() {
        if (!places.tryAcquire()) {
            throw new Busy(
                    ErrorCode.TOO_MANY_REQUESTS, AT_ONCE + " downloads are under way", "wait until one has ended.");
        }
    }
}
