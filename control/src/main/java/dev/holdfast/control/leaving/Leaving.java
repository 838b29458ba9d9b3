package dev.holdfast.control.leaving;

import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.SummedFile;
import dev.holdfast.control.leaving.LeftFile.Content;
import dev.holdfast.control.leaving.LeftFile.State;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.repository.SnapshotId;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Writes snapshots into a folder of everything: what is there already and whole is left as it is, and what fails keeps nothing else from
 * being written. For one thread.
 */
public final class Leaving {
    private static final String ROLES = "roles";
    private static final String ENCRYPTED = ".gpg";
    private static final Duration ABANDONED = Duration.ofHours(6);
    private static final String NOT_YET = "it was not written yet";
    private static final String AGAIN = "run the export of everything again.";

    private final LeavingFolder folder;
    private final ExportPlaces formats;
    private final Function<Part, Exporter> rolesOf;
    private final LeavingOrder order;
    private final InstantSource clock;
    private final List<Lacking> lacking = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private long present;
    private long written;
    private long writtenBytes;

    /**
     * @param place where everything goes
     * @param rolesOf makes what writes the roles that a database uses
     */
    public Leaving(
            FilePlace place,
            ExportPlaces formats,
            Function<Part, Exporter> rolesOf,
            LeavingOrder order,
            InstantSource clock) {
        this.folder = new LeavingFolder(place);
        this.formats = formats;
        this.rolesOf = rolesOf;
        this.order = order;
        this.clock = clock;
    }

    /** A file that is to be written. */
    private record Lacking(Snapshot snapshot, Part part, LeftFile file) {}

    /**
     * A file that could not be written.
     *
     * @param file its name in the folder
     */
    public record Failure(SnapshotId snapshot, String part, String file, HoldfastException reason) {}

    /**
     * Makes the folder, writes a record of every snapshot, and finds out what is lacking.
     *
     * @param snapshots in the order in which they are to be written
     */
    public void plan(List<Snapshot> snapshots, Set<SnapshotId> pinned) {
        folder.prepare();
        folder.place().sweepUnfinished(clock.instant().minus(ABANDONED));
        for (Snapshot snapshot : snapshots) {
            LeftSnapshot known = folder.read(LeavingFolder.record(snapshot))
                    .orElseGet(() -> new LeftSnapshot(snapshot, false, List.of()));
            LeftSnapshot left = new LeftSnapshot(snapshot, pinned.contains(snapshot.id()), known.files());
            for (Part part : snapshot.parts()) {
                if (order.takes(part)) {
                    left = planned(left, part);
                }
            }
            folder.writeIfChanged(left);
        }
    }

    private LeftSnapshot planned(LeftSnapshot known, Part part) {
        LeftSnapshot left = known.withoutMissing(part);
        for (LeftFile wanted : files(left.snapshot(), part)) {
            boolean there = left.files().stream()
                    .filter(file -> file.name().equals(wanted.name()))
                    .anyMatch(folder::holds);
            if (there) {
                present++;
            } else {
                left = left.with(wanted);
                lacking.add(new Lacking(left.snapshot(), part, wanted));
            }
        }
        return left;
    }

    private List<LeftFile> files(Snapshot snapshot, Part part) {
        FileFormat format = format(part);
        LeftFile data = new LeftFile(
                named(LeavingFolder.data(snapshot, part, format.extension())),
                part.name(),
                Content.DATA,
                format.label(),
                new State.Missing(NOT_YET, AGAIN));
        LeftFile roles = new LeftFile(
                named(LeavingFolder.roles(snapshot, part)), part.name(), Content.ROLES, ROLES, data.state());
        return isDatabase(part) ? List.of(data, roles) : List.of(data);
    }

    private FileName named(FileName name) {
        return order.protection().encrypts() ? name.with(ENCRYPTED) : name;
    }

    private FileFormat format(Part part) {
        return isDatabase(part) ? order.databases() : order.files();
    }

    private static boolean isDatabase(Part part) {
        return part.kind().equals(PostgresConfig.KIND);
    }

    /**
     * Looks whether files can be encrypted as is asked for, before the first of them is written.
     *
     * @throws HoldfastException if they cannot
     */
    public void requireProtection() {
        lacking.stream().findFirst().ifPresent(one -> {
            // what it takes is read when it is made
            ExportFile file = encrypted(folder.place().create(one.file().name(), facts(one), order.overwrite()));
            file.close();
        });
    }

    private ExportFile encrypted(ExportFile file) {
        return order.protection().isNone() ? file : formats.protectedBy(order.protection(), file);
    }

    /**
     * Looks whether what is lacking finds room.
     *
     * @throws NoSpace if it surely does not
     */
    public void requireRoom() {
        OptionalLong free = folder.place().freeBytes();
        if (free.isEmpty()) {
            return;
        }
        long surely = lacking.stream()
                .filter(one -> one.file().content() == Content.DATA)
                .filter(one -> !format(one.part()).isCompressed())
                .mapToLong(one -> one.part().bytes())
                .sum();
        if (surely > free.getAsLong()) {
            throw new NoSpace(
                    ErrorCode.STORE_FULL,
                    "'" + folder.place().location() + "' has " + free.getAsLong()
                            + " bytes left, and what is lacking takes " + surely + " at least",
                    "name another folder, choose a format that compresses, or ask for less with --since, --part or --stack.");
        }
        long atMost = expectedBytes();
        if (atMost > free.getAsLong()) {
            found(new Finding(
                    folder.place().location(),
                    "has " + free.getAsLong() + " bytes left, and what was lacking takes " + atMost
                            + " before it is compressed"));
        }
    }

    private long expectedBytes() {
        return lacking.stream()
                .filter(one -> one.file().content() == Content.DATA)
                .mapToLong(one -> one.part().bytes())
                .sum();
    }

    private long expectedEntries() {
        return lacking.stream()
                .filter(one -> one.file().content() == Content.DATA)
                .mapToLong(one -> one.part().entries())
                .sum();
    }

    /** Writes what is lacking; ends early only where no more finds room. */
    public void write(BiFunction<Snapshot, Part, PartReader> reading, Progress progress) {
        progress.expect(expectedEntries(), expectedBytes());
        for (Lacking one : lacking) {
            // hears of it if somebody wants this to end
            progress.advance(0, 0);
            Writing writing = new Writing(one, progress);
            try {
                writing.write(reading.apply(one.snapshot(), one.part()));
            } catch (HoldfastException e) {
                if (e instanceof Cancelled) {
                    throw e;
                }
                failures.add(new Failure(
                        one.snapshot().id(),
                        one.part().name(),
                        one.file().name().text(),
                        e));
                if (e instanceof NoSpace) {
                    return;
                }
                writing.giveUp(e);
            }
        }
    }

    /** One file on its way. */
    private final class Writing {
        private final Lacking one;
        private final Progress progress;
        private final boolean roles;
        private LeftSnapshot record;
        private LeftFile file;

        Writing(Lacking one, Progress progress) {
            this.one = one;
            this.progress = progress;
            this.file = one.file();
            this.roles = file.content() == Content.ROLES;
            this.record = folder.read(LeavingFolder.record(one.snapshot()))
                    .orElseGet(() -> new LeftSnapshot(one.snapshot(), false, List.of()));
        }

        void write(PartReader reader) {
            ExportReport report = export(reader);
            written++;
            report.findings().forEach(Leaving.this::found);
            if (file.state() instanceof State.Whole whole) {
                writtenBytes += whole.bytes();
                note(new State.Whole(whole.bytes(), whole.sha256(), folder.modified(file.name()), report.findings()));
            }
        }

        private ExportReport export(PartReader reader) {
            SummedFile summed = new SummedFile(
                    folder.place().create(file.name(), facts(one), order.overwrite()),
                    Set.of(Checksum.SHA256),
                    sum -> note(
                            new State.Whole(sum.bytes(), sum.digest(Checksum.SHA256), Optional.empty(), List.of())));
            ExportFile whole = encrypted(summed);
            try (ExportFile out = roles ? whole : formats.encoded(format(one.part()), whole);
                    Exporter exporter =
                            roles ? rolesOf.apply(one.part()) : formats.exporter(one.part(), format(one.part()))) {
                exporter.preflight(reader);
                out.preflight();
                ExportReport report = exporter.export(reader, out, within(progress, roles));
                out.commit();
                return report;
            }
        }

        private void note(State state) {
            file = file.with(state);
            record = record.with(file);
            folder.write(record);
        }

        /** What got its name before something failed stays, and stays known. */
        void giveUp(HoldfastException reason) {
            if (!folder.seems(file)) {
                note(new State.Missing(Objects.requireNonNullElse(reason.getMessage(), ""), reason.hint()));
            }
        }
    }

    private static FileFacts facts(Lacking one) {
        boolean roles = one.file().content() == Content.ROLES;
        return new FileFacts(
                roles ? "application/sql" : "application/octet-stream",
                Map.of("snapshot", one.snapshot().id().text()),
                OptionalLong.empty());
    }

    /** What is expected was told for all files at once. */
    private static Progress within(Progress all, boolean roles) {
        return new Progress() {
            @Override
            public void expect(long entries, long bytes) {
                all.advance(0, 0);
            }

            @Override
            public void advance(long entries, long bytes) {
                all.advance(roles ? 0 : entries, roles ? 0 : bytes);
            }
        };
    }

    /**
     * Writes the index of everything that is in the folder now.
     *
     * @param repository where the snapshots came from, for people
     */
    public LeavingTotals index(String repository) {
        Instant now = clock.instant();
        return new LeavingIndex(folder).write(repository, now);
    }

    private void found(Finding finding) {
        if (!findings.contains(finding)) {
            findings.add(finding);
        }
    }

    /** The page that lists everything. */
    public String indexLocation() {
        return folder.place().location(LeavingFolder.PAGE);
    }

    /** What could not be written. */
    public List<Failure> failures() {
        return List.copyOf(failures);
    }

    /** What somebody should know of what was written. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** How many files were asked for and there before. */
    public long present() {
        return present;
    }

    /** How many files were written. */
    public long written() {
        return written;
    }

    /** Sum of their lengths. */
    public long writtenBytes() {
        return writtenBytes;
    }
}
