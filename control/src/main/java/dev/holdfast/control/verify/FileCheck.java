package dev.holdfast.control.verify;

import dev.holdfast.connectors.dump.DumpFile;
import dev.holdfast.connectors.dump.DumpReader;
import dev.holdfast.connectors.dump.DumpReport;
import dev.holdfast.connectors.dump.DumpReport.Packed;
import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.connectors.postgres.DumpContents;
import dev.holdfast.connectors.postgres.DumpedTable;
import dev.holdfast.connectors.postgres.TrialDump;
import dev.holdfast.connectors.postgres.TrialReport;
import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.LedgerEntry;
import dev.holdfast.control.verify.FileVerdict.State;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies one file: its length and digests, everything in it, and on request that it restores. For one thread. */
public final class FileCheck {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final FilePlace place;
    private final FileName name;
    private final Optional<LedgerEntry.Written> written;
    private final Optional<OpenPgpReader> decryption;
    private final Instant now;
    private final List<String> compared = new ArrayList<>();
    private final List<String> notCompared = new ArrayList<>();
    private final List<ExpectedRows> rows = new ArrayList<>();
    private @Nullable DumpReport report;
    private @Nullable TrialReport trial;
    private @Nullable HoldfastException unproven;

    /**
     * @param written what the ledger says of it
     * @param decryption opens it if it is encrypted
     */
    public FileCheck(
            FilePlace place,
            FileName name,
            Optional<LedgerEntry.Written> written,
            Optional<OpenPgpReader> decryption,
            Instant now) {
        this.place = place;
        this.name = name;
        this.written = written;
        this.decryption = decryption;
        this.now = now;
    }

    /** What it takes to restore a dump for a trial. */
    public interface Trial {
        TrialReport of(TrialDump dump);

        /** An empty one, for what has to be unpacked before. */
        UnpackedFolder folder();
    }

    /** How much is looked at. */
    public enum Depth {
        /** Only lengths. */
        QUICK,
        /** Every byte. */
        READ,
        /** Every byte, and what is a dump of PostgreSQL is restored. */
        RESTORE
    }

    /**
     * @param restores only asked with {@link Depth#RESTORE}
     * @throws Cancelled if somebody asked for it
     */
    public FileVerdict verdict(Depth depth, Progress progress, Trial restores) {
        Optional<PlacedFile> found = Optional.empty();
        try {
            found = place.find(name);
            if (found.isEmpty()) {
                throw new Missing(
                        ErrorCode.STORE_OBJECT_MISSING,
                        "'" + place.location(name) + "' is not there",
                        "look for what removed it; the next export does not bring back what was complete.");
            }
            progress.expect(1, found.get().bytes());
            check(found.get(), depth, progress, restores);
            progress.advance(1, 0);
            return verdict(found, unproven == null && notCompared.isEmpty() ? State.WHOLE : State.UNPROVEN, unproven);
        } catch (Cancelled e) {
            throw e;
        } catch (HoldfastException e) {
            return verdict(found, State.BAD, e);
        }
    }

    private FileVerdict verdict(Optional<PlacedFile> found, State state, @Nullable HoldfastException failure) {
        return new FileVerdict(
                name.text(),
                found.map(PlacedFile::bytes).orElse(0L),
                found.map(file -> Duration.between(file.modified(), now)),
                state,
                Optional.ofNullable(failure),
                Optional.ofNullable(report),
                Optional.ofNullable(trial),
                compared,
                notCompared);
    }

    private void check(PlacedFile found, Depth depth, Progress progress, Trial restores) {
        Expectations expected = expected();
        boolean length = expected.requireLength(found.bytes());
        if (length) {
            compared.add("length");
        }
        if (depth == Depth.QUICK) {
            if (!length) {
                notCompared.add("nothing says how long it should be");
            }
            return;
        }
        read(expected, progress);
        if (depth == Depth.RESTORE && unproven == null) {
            restore(progress, restores);
        }
    }

    private Expectations expected() {
        List<Expected> expected = new ArrayList<>();
        written.filter(file -> file.bytes().isPresent())
                .ifPresent(
                        file -> expected.add(new Expected("the ledger", Checksum.SHA256, file.sha256(), file.bytes())));
        if (isContent()) {
            Sidecars sidecars = Sidecars.of(place, name);
            expected.addAll(sidecars.expected());
            rows.addAll(sidecars.rows());
            notCompared.addAll(sidecars.unusable());
        }
        return new Expectations(place.location(name), expected, List.of());
    }

    /** What a ledger names without a part tells of others, and has nothing in it to unpack. */
    private boolean isContent() {
        return written.isEmpty() || !written.get().part().isEmpty();
    }

    private void read(Expectations expected, Progress progress) {
        if (isContent()) {
            try (DumpFile file = DumpFile.open(hashed(expected, progress), place.location(name), decryption)) {
                report = DumpReader.read(file);
                compared.addAll(report.proven());
            } catch (Missing | Unsupported e) {
                // what cannot be opened can still be compared
                unproven = e;
                notCompared.add("its contents: " + e.getMessage());
                drain(expected, progress);
            }
        } else {
            drain(expected, progress);
        }
        compared.addAll(expected.compare());
        compareRows(expected);
        if (unproven == null && report != null && expected.isEmpty()) {
            report.unproven().forEach(what -> notComparedButWhole(what));
        }
    }

    /** What no file of this kind can tell; a checksum beside it would. It is said, and the file is not the worse for it. */
    private void notComparedButWhole(String what) {
        compared.add("no checksum beside it, and " + what);
    }

    private InputStream hashed(Expectations expected, Progress progress) {
        return expected.of(place.open(name), read -> progress.advance(0, read));
    }

    private void compareRows(Expectations expected) {
        DumpReport known = report;
        if (known == null || known.database().isEmpty()) {
            return;
        }
        List<DumpedTable> tables = known.database().get().tables();
        for (ExpectedRows one : rows) {
            one.difference(tables).ifPresent(difference -> {
                throw expected.damaged(difference);
            });
            one.compared(tables)
                    .ifPresentOrElse(
                            compared::add,
                            () -> notCompared.add("none of the tables of " + one.source() + " was found"));
        }
    }

    private void drain(Expectations expected, Progress progress) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = hashed(expected, progress)) {
            while (in.read(buffer) >= 0) {
                // only hashed
            }
        } catch (IOException e) {
            throw FileFailures.unreadable(place, name, e);
        }
    }

    private void restore(Progress progress, Trial restores) {
        DumpReport known = report;
        if (known == null || known.database().isEmpty()) {
            if (known != null && known.packed() == Packed.SEVERAL) {
                notCompared.add("several dumps are in it, and none was restored; unpack it, and take each folder");
            } else if (isContent()) {
                compared.add("nothing in it to restore");
            }
            return;
        }
        DumpContents contents = known.database().get();
        if (known.packed() == Packed.FOLDER_DUMP) {
            try (UnpackedFolder folder = restores.folder()) {
                unpack(folder, progress);
                trial = restores.of(TrialDump.ofFolder(folder.path(known.folder()), contents, place.location(name)));
            }
        } else {
            trial = restores.of(new TrialDump(
                    known.kind(),
                    contents,
                    () -> DumpFile.open(place.open(name), place.location(name), decryption)
                            .content(),
                    place.location(name)));
        }
        compared.add("rows of " + trial.compared() + " tables after a restore");
    }

    private void unpack(UnpackedFolder folder, Progress progress) {
        folder.requireRoom(0);
        InputStream heard = new HashedInput(place.open(name), List.of(), _ -> progress.advance(0, 0));
        try (DumpFile file = DumpFile.open(heard, place.location(name), decryption)) {
            DumpReader.unpack(file, folder);
        }
        folder.finish();
    }
}
