package dev.holdfast.control.adopt;

import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.connectors.adopt.HeadReader;
import dev.holdfast.connectors.dump.DumpFile;
import dev.holdfast.connectors.dump.DumpFormat;
import dev.holdfast.connectors.dump.DumpReader;
import dev.holdfast.connectors.dump.DumpReport;
import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.pgp.OpenPgpEncryption.KeyText;
import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.export.Ledger;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Finding;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
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
        if (backup.kind() == Kind.TREE) {
            return new FolderReading(files, place, folders.getOrDefault(backup.name(), List.of()), backup).tree();
        }
        if (backup.files() > 1 || backup.kind() == Kind.DUMP_FOLDER) {
            throw new Unsupported(
                    ErrorCode.USAGE,
                    "'" + files.location(backup.name()) + "' is a folder of " + backup.files()
                            + " files, which Holdfast lists but does not read",
                    "restore it with pg_restore, and back that database up.");
        }
        Optional<OpenPgpReader> keys = reader();
        String where = files.location(backup.name());
        Digest digest = new Digest();
        DumpReport report;
        try (DumpFile file = DumpFile.open(digest.of(files.open(backup.name()), () -> {}), where, keys)) {
            report = DumpReader.read(file);
        }
        String found = digest.hex();
        boolean ofFiles = report.format() == DumpFormat.TAR || report.format() == DumpFormat.ZIP;
        return ofFiles && report.database().isEmpty()
                ? new AdoptedTree(
                        backup,
                        BackupName.of(backup.name(), place.zone()).title(place.zone()),
                        found,
                        report.proven(),
                        (folder, heartbeat) -> unpacked(backup.name(), found, keys, folder, heartbeat),
                        where)
                : new AdoptedDump(backup, found, report, () -> content(backup.name(), where, keys), where);
    }

    private List<Finding> unpacked(
            FileName name, String sha256, Optional<OpenPgpReader> keys, UnpackedFolder folder, Runnable heartbeat) {
        String where = files.location(name);
        Digest digest = new Digest();
        folder.requireRoom(0);
        try (DumpFile file = DumpFile.open(digest.of(files.open(name), heartbeat), where, keys)) {
            DumpReader.unpack(file, folder);
        }
        digest.require(sha256, where);
        return folder.finish();
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
