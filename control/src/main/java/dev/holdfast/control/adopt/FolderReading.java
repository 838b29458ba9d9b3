package dev.holdfast.control.adopt;

import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.connectors.dump.Member;
import dev.holdfast.connectors.files.Unlisted;
import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.postgres.DumpContents;
import dev.holdfast.connectors.postgres.FolderDump;
import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.verify.Expectations;
import dev.holdfast.control.verify.FileFailures;
import dev.holdfast.control.verify.HashedInput;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads a folder of files. For one thread. */
final class FolderReading {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int FILES_MODE = 0x1a4;

    private final FilePlace place;
    private final AdoptedPlace config;
    private final List<PlacedFile> files;
    private final AdoptedBackup backup;
    private final boolean compares;
    private final Set<String> names;
    private final String where;
    private final List<String> compared = new ArrayList<>();
    private final List<String> notCompared = new ArrayList<>();

    /**
     * @param files those of the folder, as they were listed
     * @param compares whether each is compared with checksums that lie beside it
     */
    FolderReading(
            FilePlace place, AdoptedPlace config, List<PlacedFile> files, AdoptedBackup backup, boolean compares) {
        this.compares = compares;
        this.names = compares ? files.stream().map(file -> file.name().text()).collect(Collectors.toSet()) : Set.of();
        this.place = place;
        this.config = config;
        this.files =
                files.stream().sorted(Comparator.comparing(PlacedFile::name)).toList();
        this.backup = backup;
        this.where = place.location(backup.name());
    }

    /** Takes what a file holds; what it leaves is read by others. */
    private interface Taker {
        void take(InputStream content) throws IOException;
    }

    /**
     * @throws dev.holdfast.engine.error.Damaged if it is not whole
     */
    AdoptedDump dump() {
        FolderDump dump = new FolderDump(where);
        MessageDigest list = Checksum.SHA256.newDigest();
        files.forEach(file -> read(file, list, () -> {}, content -> dump.take(relative(file), content)));
        dump.end();
        String sha256 = HexFormat.of().formatHex(list.digest());
        DumpContents contents = dump.contents()
                .orElseThrow(() -> new Damaged(
                        ErrorCode.DAMAGED,
                        "'" + where + "' has no '" + Recognition.CONTENTS + "' that pg_dump wrote",
                        "take another copy of it."));
        return new AdoptedDump(
                backup,
                sha256,
                proven("every file of the dump is there", "every block of data unpacked"),
                notCompared,
                contents,
                new AdoptedDump.Form.Folder((folder, heartbeat) -> fetched(sha256, folder, heartbeat), ""),
                where);
    }

    AdoptedTree tree() {
        MessageDigest list = Checksum.SHA256.newDigest();
        files.forEach(file -> read(file, list, () -> {}, _ -> {}));
        String sha256 = HexFormat.of().formatHex(list.digest());
        return new AdoptedTree(
                backup,
                BackupName.of(backup.name(), config.zone()).title(config.zone()),
                sha256,
                proven(files.size() + " files read to their ends"),
                notCompared,
                (folder, heartbeat) -> fetched(sha256, folder, heartbeat),
                where);
    }

    private List<String> proven(String... what) {
        List<String> proven = new ArrayList<>(List.of(what));
        if (!compared.isEmpty()) {
            proven.add("checksums beside " + compared.size() + " files");
        }
        return proven;
    }

    private Expectations expectations(FileName file) {
        boolean any = names.contains(file.text() + ".md5") || names.contains(file.text() + ".sha256");
        return compares && any ? Expectations.beside(place, file) : Expectations.none(place.location(file));
    }

    private List<Finding> fetched(String sha256, UnpackedFolder folder, Runnable heartbeat) {
        folder.requireRoom(files.stream().mapToLong(PlacedFile::bytes).sum());
        MessageDigest list = Checksum.SHA256.newDigest();
        for (PlacedFile file : files) {
            folder.begin(new Member(
                    Member.Kind.FILE,
                    new String(relative(file).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1),
                    "",
                    FILES_MODE,
                    Optional.of(file.modified())));
            read(file, list, heartbeat, content -> written(content, folder));
            folder.end();
        }
        AdoptedFiles.requireUnchanged(sha256, list, where);
        List<Finding> findings = new ArrayList<>(folder.finish());
        if (backup.kind() == Kind.TREE) {
            findings.addAll(leftOut());
        }
        return findings;
    }

    private static void written(InputStream content, UnpackedFolder folder) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
            folder.write(buffer, 0, n);
        }
    }

    /** Within the folder; one that is the place itself has no name before it. */
    private String relative(PlacedFile file) {
        String folder = backup.name().text() + "/";
        String name = file.name().text();
        return name.startsWith(folder) ? name.substring(folder.length()) : name;
    }

    private void read(PlacedFile file, MessageDigest list, Runnable heartbeat, Taker taker) {
        MessageDigest digest = Checksum.SHA256.newDigest();
        Expectations beside = expectations(file.name());
        long length;
        try (HashedInput counted = new HashedInput(place.open(file.name()), List.of(digest), _ -> heartbeat.run());
                InputStream in = beside.of(counted, _ -> {})) {
            taker.take(in);
            in.transferTo(OutputStream.nullOutputStream());
            length = counted.bytes();
        } catch (IOException e) {
            throw FileFailures.unreadable(place, file.name(), e);
        }
        if (length != file.bytes()) {
            throw new Failed(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + place.location(file.name()) + "' has " + length + " bytes, and was listed with "
                            + file.bytes(),
                    "see that nothing writes there, and try again.");
        }
        if (!beside.compare().isEmpty()) {
            compared.add(relative(file));
        }
        beside.unusable().forEach(what -> notCompared.add(relative(file) + ": " + what));
        String hex = HexFormat.of().formatHex(digest.digest());
        list.update((relative(file) + '\0' + length + '\0' + hex + '\n').getBytes(StandardCharsets.UTF_8));
    }

    /** Places list neither links nor names that would not do everywhere; in a directory of this machine they can be seen. */
    private List<Finding> leftOut() {
        if (!(config.config() instanceof PlaceConfig.Local local)) {
            return List.of();
        }
        Path folder = local.path().resolve(backup.name().text());
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try {
            Unlisted others = Unlisted.in(local.path(), folder);
            return others.count() == 0
                    ? List.of()
                    : List.of(new Finding(
                            others.first(),
                            "it was left out, as links are, special files, and names that a place cannot have"
                                    + (others.count() > 1 ? " (and so are " + (others.count() - 1) + " more)" : "")));
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + folder + "' cannot be looked through: " + e.getMessage(),
                    "see that its folders can be read.",
                    e);
        }
    }
}
