package dev.holdfast.control.adopt;

import dev.holdfast.connectors.dump.Member;
import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a folder of files. For one thread. */
final class FolderReading {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int FILES_MODE = 0x1a4;

    private final FilePlace place;
    private final AdoptedPlace config;
    private final List<PlacedFile> files;
    private final AdoptedBackup backup;
    private final String where;

    /**
     * @param files those of the folder, as they were listed
     */
    FolderReading(FilePlace place, AdoptedPlace config, List<PlacedFile> files, AdoptedBackup backup) {
        this.place = place;
        this.config = config;
        this.files =
                files.stream().sorted(Comparator.comparing(PlacedFile::name)).toList();
        this.backup = backup;
        this.where = place.location(backup.name());
    }

    /** Takes the bytes of a file. */
    private interface Bytes {
        void take(byte[] bytes, int length);
    }

    AdoptedTree tree() {
        Digest list = new Digest();
        for (PlacedFile file : files) {
            read(file, list, () -> {}, (_, _) -> {});
        }
        String sha256 = list.hex();
        return new AdoptedTree(
                backup,
                BackupName.of(backup.name(), config.zone()).title(config.zone()),
                sha256,
                List.of("every file has its length"),
                (folder, heartbeat) -> fetched(sha256, folder, heartbeat),
                where);
    }

    private List<Finding> fetched(String sha256, UnpackedFolder folder, Runnable heartbeat) {
        folder.requireRoom(files.stream().mapToLong(PlacedFile::bytes).sum());
        Digest list = new Digest();
        for (PlacedFile file : files) {
            folder.begin(new Member(
                    Member.Kind.FILE,
                    new String(relative(file).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1),
                    "",
                    FILES_MODE,
                    Optional.of(file.modified())));
            read(file, list, heartbeat, (bytes, length) -> folder.write(bytes, 0, length));
            folder.end();
        }
        list.require(sha256, where);
        List<Finding> findings = new ArrayList<>(folder.finish());
        findings.addAll(leftOut());
        return findings;
    }

    private String relative(PlacedFile file) {
        return file.name().text().substring(backup.name().text().length() + 1);
    }

    private void read(PlacedFile file, Digest list, Runnable heartbeat, Bytes taker) {
        Digest digest = new Digest();
        long length = 0;
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = digest.of(place.open(file.name()), heartbeat)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                length += n;
                taker.take(buffer, n);
            }
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + place.location(file.name()) + "' cannot be read: " + e.getMessage(),
                    "look at the disk or the connection, and try again.",
                    e);
        }
        if (length != file.bytes()) {
            throw new Failed(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + place.location(file.name()) + "' has " + length + " bytes, and was listed with "
                            + file.bytes(),
                    "see that nothing writes there, and try again.");
        }
        list.add(relative(file) + '\0' + length + '\0' + digest.hex() + '\n');
    }

    /** Places list neither links nor names that would not do everywhere; in a directory of this machine they can be seen. */
    private List<Finding> leftOut() {
        if (!(config.config() instanceof PlaceConfig.Local local)) {
            return List.of();
        }
        Path folder = local.path().resolve(backup.name().text());
        Set<String> taken = files.stream().map(this::relative).collect(Collectors.toSet());
        try (Stream<Path> all = Files.walk(folder)) {
            List<String> others = all.filter(path -> !Files.isDirectory(path) || Files.isSymbolicLink(path))
                    .map(path -> folder.relativize(path).toString())
                    .filter(name -> !taken.contains(name))
                    .sorted()
                    .toList();
            return others.isEmpty()
                    ? List.of()
                    : List.of(new Finding(
                            others.getFirst(),
                            "it was left out, as links are, special files, and names that a place cannot have"
                                    + (others.size() > 1 ? " (and so are " + (others.size() - 1) + " more)" : "")));
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.FILE_UNREADABLE,
                    "'" + folder + "' cannot be looked through: " + e.getMessage(),
                    "see that its folders can be read.",
                    e);
        }
    }
}
