package dev.holdfast.control.export;

import dev.holdfast.connectors.postgres.DumpedTable;
import dev.holdfast.control.export.LedgerEntry.PartSize;
import dev.holdfast.control.export.LedgerEntry.State;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.ProcessIdentity;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes one export of one snapshot to several places, each part read once, or twice for a tree. Before the first byte the ledger of each place has the names,
 * and before a file is seen its length and digest; only after the last one is there it says that the export is whole. For one thread.
 */
public final class Delivery {
    /** How often the ledger is told that somebody is still at it; far below {@link ExportRetention#SILENCE}. */
    private static final Duration BEAT = Duration.ofMinutes(10);

    private final ExportPlaces places;
    private final ExportConfig export;
    private final ZoneId zone;
    private final InstantSource clock;
    private final SecureRandom random;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, List<DumpedTable>> tables = new HashMap<>();
    private Instant lastBeat = Instant.MIN;

    public Delivery(ExportPlaces places, ExportConfig export, ZoneId zone, InstantSource clock, SecureRandom random) {
        this.places = places;
        this.export = export;
        this.zone = zone;
        this.clock = clock;
        this.random = random;
    }

    /** What somebody should know of what was delivered. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /**
     * Delivers a snapshot.
     *
     * @param targets where to; one that fails does not keep the others from getting it
     * @return one for each target
     */
    public List<PlacedExport> deliver(Snapshot snapshot, List<Target> targets, Contents contents) {
        FilePlan plan = new FilePlan(export, snapshot, contents, zone);
        tables.clear();
        List<Attempt> attempts = targets.stream()
                .map(target -> new Attempt(target, entry(snapshot)))
                .toList();
        try {
            attempts.forEach(attempt -> attempt.guard(() -> attempt.begin(plan)));
            lastBeat = clock.instant();
            for (Part part : export.partsOf(snapshot)) {
                write(part, snapshot, attempts, contents);
            }
            for (Attempt attempt : attempts) {
                attempt.guard(() -> attempt.end(Manifest.write(
                        attempt.entry(),
                        snapshot,
                        export,
                        contents,
                        tables,
                        attempt.target().place(),
                        clock.instant())));
                if (export.latest()) {
                    attempt.point(plan, snapshot).ifPresent(findings::add);
                }
            }
        } catch (HoldfastException e) {
            attempts.forEach(attempt -> attempt.abandon(e));
        } finally {
            attempts.forEach(Attempt::discardUnlessWhole);
            attempts.forEach(attempt -> UnderWay.ended(attempt.entry().id()));
        }
        return attempts.stream().map(Attempt::result).toList();
    }

    private LedgerEntry entry(Snapshot snapshot) {
        return new LedgerEntry(
                ExportId.at(clock.instant(), random),
                snapshot.stack(),
                export.name(),
                snapshot.id(),
                snapshot.began(),
                State.BEGUN,
                clock.instant(),
                Optional.of(ProcessIdentity.own()),
                snapshot.labels(),
                export.partsOf(snapshot).stream()
                        .map(part -> new PartSize(part.name(), part.entries(), part.bytes()))
                        .toList(),
                List.of());
    }

    private void write(Part part, Snapshot snapshot, List<Attempt> attempts, Contents contents) {
        List<Attempt> open = attempts.stream().filter(Attempt::isOpen).toList();
        if (open.isEmpty()) {
            return;
        }
        if (export.format(part).isTree()) {
            TreeDelivery tree = new TreeDelivery(part, open, export.patience(), () -> beat(open));
            contents.step(part, progress -> {
                tree.list(contents.read(part), progress);
                return true;
            });
            ExportReport report = contents.step(part, progress -> tree.write(contents.read(part), progress));
            findings.addAll(report.findings());
            return;
        }
        FileFacts facts = facts(part, snapshot, contents);
        List<Broadcast.Lane> lanes = open.stream()
                .flatMap(attempt -> attempt.lanes(part, facts, export.checksums()).stream())
                .toList();
        if (open.stream().noneMatch(Attempt::isOpen)) {
            return;
        }
        Broadcast broadcast = new Broadcast(lanes, export.checksums(), export.patience(), () -> beat(open));
        try (ExportFile file = places.encoded(export.format(part), protectedFile(broadcast));
                Exporter exporter = places.exporter(part, export.format(part))) {
            PartReader reader = contents.read(part);
            ExportReport report = contents.step(part, progress -> {
                exporter.preflight(reader);
                file.preflight();
                ExportReport written = exporter.export(reader, file, progress);
                file.commit();
                if (Contents.isDatabase(part)) {
                    tables.put(part.name(), DumpedTable.of(reader));
                }
                return written;
            });
            findings.addAll(report.findings());
        }
        open.forEach(attempt -> attempt.guard(attempt::writeSidecars));
    }

    private ExportFile protectedFile(ExportFile file) {
        return export.protection().isNone() ? file : places.protectedBy(export.protection(), file);
    }

    private synchronized void beat(List<Attempt> open) {
        if (clock.instant().isAfter(lastBeat.plus(BEAT))) {
            lastBeat = clock.instant();
            open.forEach(attempt -> attempt.guard(attempt::rewrite));
        }
    }

    private FileFacts facts(Part part, Snapshot snapshot, Contents contents) {
        boolean encrypted = export.protection().encrypts();
        return new FileFacts(
                encrypted ? "application/pgp-encrypted" : export.format(part).contentType(),
                Map.of(
                        "stack",
                        NameTemplate.encoded(snapshot.stack()),
                        "snapshot",
                        snapshot.id().text(),
                        "backup-time",
                        snapshot.began().toString(),
                        Contents.isDatabase(part) ? "database" : "part",
                        NameTemplate.encoded(contents.database(part).orElse(part.name()))),
                OptionalLong.empty());
    }

    /** A file that is not as it was written. */
    static Failed notAsWritten(String location, long expected, String found) {
        return new Failed(
                ErrorCode.STORE_UNSUITABLE,
                "'" + location + "' was written with " + expected + " bytes, and " + found,
                "look at the place: something there changes or removes files.");
    }
}
