package dev.holdfast.control.adopt;

import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.connectors.adopt.HeadReader;
import dev.holdfast.connectors.dump.DumpFile;
import dev.holdfast.connectors.dump.DumpReader;
import dev.holdfast.connectors.dump.DumpReport;
import dev.holdfast.connectors.dump.DumpReport.Packed;
import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.pgp.OpenPgpEncryption.KeyText;
import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.export.Ledger;
import dev.holdfast.control.verify.Expectations;
import dev.holdfast.control.verify.HashedInput;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Finding;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of a place with backups that other tools made: listed and read, never written. */
public final class AdoptedFiles implements AutoCloseable {
    private final FilePlace files;
    private final AdoptedPlace place;
    private final InstantSource clock;
    private Map<FileName, List<PlacedFile>> folders = Map.of();

    public AdoptedFiles(ExportPlaces places, AdoptedPlace place, InstantSource clock) {
        this.files = places.open(place.config());
        this.place = place;
        this.clock = clock;
    }

    /**
     * Lists all backups that are there.
     *
     * @param looks whether files are looked into
     * @throws dev.holdfast.engine.error.HoldfastException if the place does not answer, or a key cannot be read
     */
    public AdoptedBackups list(boolean looks) {
        List<PlacedFile> all = new ArrayList<>();
        files.list("", all::add);
        Ledger.Contents ledger = new Ledger(files).read();
        Set<FileName> own = ledger.entries().stream()
                .flatMap(stored -> stored.entry().files().stream())
                .map(file -> file.name())
                .collect(Collectors.toSet());
        Heads heads = new Heads(files, new HeadReader(looks ? reader() : Optional.empty()));
        Recognition recognition = new Recognition(files.location(), place.zone(), own, clock.instant());
        folders = recognition.folders(all);
        AdoptedBackups found = recognition.recognise(all, worth -> looks ? heads.of(worth) : Map.of());
        List<Finding> findings = Stream.concat(found.findings().stream(), ledger.findings().stream())
                .toList();
        return new AdoptedBackups(found.location(), found.backups(), found.others(), findings);
    }

    /**
     * Reads a backup to its end.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if it is not whole, cannot be opened, or is of a kind that is not read
     */
    public AdoptedContent read(AdoptedBackup backup) {
        return read(backup, false);
    }

    /** The same; every file of a folder is compared with what lies beside it too, as one file always is. */
    public AdoptedContent compare(AdoptedBackup backup) {
        return read(backup, true);
    }

    private AdoptedContent read(AdoptedBackup backup, boolean compares) {
        List<PlacedFile> members = folders.get(backup.name());
        // in a bucket a file may have the name of a folder
        if (members != null && (backup.kind() == Kind.TREE || backup.kind() == Kind.DUMP_FOLDER)) {
            FolderReading reading = new FolderReading(files, place, members, backup, compares);
            return backup.kind() == Kind.TREE ? reading.tree() : reading.dump();
        }
        Optional<OpenPgpReader> keys = reader();
        String where = files.location(backup.name());
        Expectations beside = Expectations.beside(files, backup.name());
        beside.requireLength(backup.bytes());
        MessageDigest digest = Checksum.SHA256.newDigest();
        DumpReport report;
        try (DumpFile file = DumpFile.open(
                beside.of(new DigestInputStream(files.open(backup.name()), digest), _ -> {}), where, keys)) {
            report = DumpReader.read(file);
        }
        List<String> proven = Stream.concat(report.proven().stream(), beside.compare().stream())
                .toList();
        String found = HexFormat.of().formatHex(digest.digest());
        AdoptedTree.Unpacking unpacking =
                (folder, heartbeat) -> unpacked(backup.name(), found, keys, folder, heartbeat);
        if (report.database().isEmpty()) {
            String title = BackupName.of(backup.name(), place.zone()).title(place.zone());
            return new AdoptedTree(backup, title, found, proven, beside.unusable(), unpacking, where);
        }
        AdoptedDump.Form form = report.packed() == Packed.FOLDER_DUMP
                ? new AdoptedDump.Form.Folder(unpacking, report.folder())
                : new AdoptedDump.Form.OneFile(report.kind(), () -> content(backup.name(), where, keys));
        return new AdoptedDump(
                backup, found, proven, beside.unusable(), report.database().get(), form, where);
    }

    private List<Finding> unpacked(
            FileName name, String sha256, Optional<OpenPgpReader> keys, UnpackedFolder folder, Runnable heartbeat) {
        String where = files.location(name);
        MessageDigest digest = Checksum.SHA256.newDigest();
        folder.requireRoom(0);
        try (DumpFile file =
                DumpFile.open(new HashedInput(files.open(name), List.of(digest), _ -> heartbeat.run()), where, keys)) {
            DumpReader.unpack(file, folder);
        }
        requireUnchanged(sha256, digest, where);
        return folder.finish();
    }

    /**
     * @param sha256 of what was proven
     * @param again of what was read afterwards
     * @throws Unavailable if it is another one
     */
    static void requireUnchanged(String sha256, MessageDigest again, String where) {
        if (!HexFormat.of().formatHex(again.digest()).equals(sha256)) {
            throw new Unavailable(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + where + "' changed while it was read",
                    "see that nothing writes there, and try again.");
        }
    }

    private InputStream content(FileName name, String where, Optional<OpenPgpReader> keys) {
        DumpFile file = DumpFile.open(files.open(name), where, keys);
        return new FilterInputStream(file.content()) {
            @Override
            public void close() {
                file.close();
            }
        };
    }

    /** What opens encrypted files. */
    private Optional<OpenPgpReader> reader() {
        AdoptedPlace.Opening opening = place.opening();
        if (opening.secretKey().isPresent()) {
            return Optional.of(OpenPgpReader.withKey(
                    text(opening.secretKey().get()),
                    opening.keyPassphrase().map(Secret::text).orElse("")));
        }
        return opening.passphrase().map(Secret::text).map(OpenPgpReader::withPassphrase);
    }

    private static KeyText text(Path file) {
        try {
            return new KeyText(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new Missing(
                    ErrorCode.SECRET_MISSING,
                    "the key in '" + file + "' cannot be read: " + e,
                    "see whether the file is there, and may be read by the user that runs holdfast.",
                    e);
        }
    }

    @Override
    public void close() {
        files.close();
    }
}
