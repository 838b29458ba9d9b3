package dev.holdfast.control.verify;

import dev.holdfast.connectors.dump.DumpFile;
import dev.holdfast.connectors.dump.DumpFormat;
import dev.holdfast.connectors.dump.DumpReader;
import dev.holdfast.connectors.dump.DumpReport;
import dev.holdfast.connectors.dump.DumpReport.Packed;
import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.connectors.postgres.DumpedTable;
import dev.holdfast.connectors.postgres.TrialDump;
import dev.holdfast.connectors.postgres.TrialReport;
import dev.holdfast.control.export.LedgerEntry;
import dev.holdfast.control.verify.FileVerdict.State;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Progress;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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
     * @param restorer restores a dump; only asked with {@link Depth#RESTORE}
     * @throws Cancelled if somebody asked for it
     */
    public FileVerdict verdict(Depth depth, Progress progress, Function<TrialDump, TrialReport> restorer) {
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
            check(found.get(), depth, progress, restorer);
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

    private void check(PlacedFile found, Depth depth, Progress progress, Function<TrialDump, TrialReport> restorer) {
        List<Expected> expected = expected();
        boolean length = false;
        for (Expected one : expected) {
            if (one.bytes().isPresent()) {
                if (one.bytes().getAsLong() != found.bytes()) {
                    throw damaged("has " + found.bytes() + " bytes, and " + one.source() + " says "
                            + one.bytes().getAsLong());
                }
                length = true;
            }
        }
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
            restore(restorer);
        }
    }

    private List<Expected> expected() {
        List<Expected> expected = new ArrayList<>();
        written.filter(file -> file.bytes().isPresent())
                .ifPresent(file -> expected.add(new Expected("the ledger", "SHA-256", file.sha256(), file.bytes())));
        if (isContent()) {
            Sidecars sidecars = Sidecars.of(place, name);
            expected.addAll(sidecars.expected());
            rows.addAll(sidecars.rows());
            notCompared.addAll(sidecars.unusable());
        }
        return expected;
    }

    /** What a ledger names without a part tells of others, and has nothing in it to unpack. */
    private boolean isContent() {
        return written.isEmpty() || !written.get().part().isEmpty();
    }

    private void read(List<Expected> expected, Progress progress) {
        Map<String, MessageDigest> digests = new LinkedHashMap<>();
        expected.stream()
                .filter(Expected::hasDigest)
                .forEach(one -> digests.put(one.algorithm(), digest(one.algorithm())));
        if (isContent()) {
            try (DumpFile file = DumpFile.open(hashed(digests, progress), place.location(name), decryption)) {
                report = DumpReader.read(file);
                compared.addAll(report.proven());
            } catch (Missing | Unsupported e) {
                // what cannot be opened can still be compared
                unproven = e;
                notCompared.add("its contents: " + e.getMessage());
                digests.replaceAll((algorithm, before) -> digest(algorithm));
                drain(digests, progress);
            }
        } else {
            drain(digests, progress);
        }
        compare(expected, digests);
        compareRows();
        if (unproven == null && report != null && expected.isEmpty()) {
            report.unproven().forEach(what -> notComparedButWhole(what));
        }
    }

    /** What no file of this kind can tell; a checksum beside it would. It is said, and the file is not the worse for it. */
    private void notComparedButWhole(String what) {
        compared.add("no checksum beside it, and " + what);
    }

    private void compare(List<Expected> expected, Map<String, MessageDigest> digests) {
        Map<String, String> actual = new LinkedHashMap<>();
        digests.forEach(
                (algorithm, digest) -> actual.put(algorithm, HexFormat.of().formatHex(digest.digest())));
        for (Expected one : expected) {
            String found = actual.get(one.algorithm());
            if (found == null) {
                continue;
            }
            if (!found.equals(one.hex())) {
                throw damaged("has " + one.algorithm() + " " + found + ", and " + one.source() + " says " + one.hex());
            }
            compared.add(one.algorithm() + " of " + one.source());
        }
    }

    private void compareRows() {
        DumpReport known = report;
        if (known == null || known.database().isEmpty()) {
            return;
        }
        List<DumpedTable> tables = known.database().get().tables();
        for (ExpectedRows one : rows) {
            one.difference(tables).ifPresent(difference -> {
                throw damaged(difference);
            });
            one.compared(tables)
                    .ifPresentOrElse(
                            compared::add,
                            () -> notCompared.add("none of the tables of " + one.source() + " was found"));
        }
    }

    private Damaged damaged(String what) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + place.location(name) + "' " + what,
                "take another copy of it, and look at the disk or store that it lay on.");
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private InputStream hashed(Map<String, MessageDigest> digests, Progress progress) {
        return new Hashed(place.open(name), List.copyOf(digests.values()), progress);
    }

    private void drain(Map<String, MessageDigest> digests, Progress progress) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = hashed(digests, progress)) {
            while (in.read(buffer) >= 0) {
                // only hashed
            }
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + place.location(name) + "' cannot be read: " + e.getMessage(),
                    "look at the disk or the connection, and try again.",
                    e);
        }
    }

    private void restore(Function<TrialDump, TrialReport> restorer) {
        DumpReport known = report;
        if (known == null || known.database().isEmpty()) {
            if (isContent()) {
                compared.add("nothing in it to restore");
            }
            return;
        }
        if (known.packed() == Packed.FOLDER_DUMP) {
            notCompared.add("a packed folder of pg_dump -Fd is not restored here; unpack it, and use pg_restore");
            return;
        }
        trial = restorer.apply(new TrialDump(
                kind(known),
                known.database().get(),
                () -> DumpFile.open(place.open(name), place.location(name), decryption)
                        .content(),
                place.location(name)));
        compared.add("rows of " + trial.compared() + " tables after a restore");
    }

    private static TrialDump.Kind kind(DumpReport report) {
        if (report.packed() == Packed.TAR_DUMP) {
            return TrialDump.Kind.TAR;
        }
        return report.format() == DumpFormat.CUSTOM ? TrialDump.Kind.CUSTOM : TrialDump.Kind.SCRIPT;
    }

    private static final class Hashed extends FilterInputStream {
        private final List<MessageDigest> digests;
        private final Progress progress;

        Hashed(InputStream in, List<MessageDigest> digests, Progress progress) {
            super(in);
            this.digests = digests;
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            if (read > 0) {
                digests.forEach(digest -> digest.update(bytes, offset, read));
                progress.advance(0, read);
            }
            return read;
        }
    }
}
