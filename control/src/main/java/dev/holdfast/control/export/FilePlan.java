package dev.holdfast.control.export;

import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The names of everything that one export of one snapshot writes. */
final class FilePlan {
    private static final String MANIFEST = "manifest.json";

    private final ExportConfig export;
    private final Snapshot snapshot;
    private final Contents contents;
    private final ZoneId zone;

    FilePlan(ExportConfig export, Snapshot snapshot, Contents contents, ZoneId zone) {
        this.export = export;
        this.snapshot = snapshot;
        this.contents = contents;
        this.zone = zone;
    }

    /**
     * @param entry the export they belong to
     * @param replaced which of the names that the next snapshot replaces this one may have
     * @throws Invalid if two of them have one name
     */
    List<Written> files(LedgerEntry entry, Predicate<FileName> replaced) {
        List<Written> files = new ArrayList<>();
        for (Part part : export.partsOf(snapshot)) {
            if (export.format(part).isTree()) {
                files.add(Written.planned(lasting(part), part.name(), Ledger.list(entry, files.size())));
                continue;
            }
            add(files, lasting(part), part.name(), false);
            export.names().copies().stream()
                    .map(copy -> copy.name(values(part), zone))
                    .filter(replaced)
                    .forEach(name -> add(files, name, part.name(), true));
        }
        files.add(Written.planned(manifest(files), "", false));
        Set<FileName> names = new HashSet<>();
        files.forEach(file -> {
            if (!names.add(file.name())) {
                throw new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "two files of export '" + export.name() + "' would be named '" + file.name() + "'",
                        "add {part} to its 'name'.");
            }
        });
        files.stream().filter(file -> file.tree().isPresent()).forEach(tree -> requireOwnFolder(tree, names));
        return files;
    }

    private void requireOwnFolder(Written tree, Set<FileName> names) {
        names.stream()
                .filter(name -> name.text().startsWith(tree.name() + "/"))
                .findFirst()
                .ifPresent(name -> {
                    throw new Invalid(
                            ErrorCode.CONFIGURATION_INVALID,
                            "'" + name + "' of export '" + export.name() + "' would be within the tree '" + tree.name()
                                    + "'",
                            "change its 'name', so that a tree has a folder of its own.");
                });
    }

    private void add(List<Written> files, FileName name, String part, boolean replaceable) {
        files.add(Written.planned(name, part, replaceable));
        export.checksums().stream()
                .sorted()
                .forEach(checksum -> files.add(Written.planned(checksum.beside(name), "", replaceable)));
    }

    private FileName lasting(Part part) {
        return export.names().main(Contents.isDatabase(part)).name(values(part), zone);
    }

    /** The name that leads to the newest file of a part. */
    FileName latest(Part part) {
        return export.names().main(Contents.isDatabase(part)).latest(values(part), zone);
    }

    private FileName manifest(List<Written> files) {
        String first = files.getFirst().name().text();
        String folder = first.substring(0, first.lastIndexOf('/') + 1);
        boolean own = export.partsOf(snapshot).stream()
                        .allMatch(part ->
                                export.names().main(Contents.isDatabase(part)).hasFolderOfItsOwn())
                && files.stream()
                        .filter(file -> !file.replaceable())
                        .allMatch(file ->
                                file.name().text().equals(folder + file.name().last()));
        return new FileName(own ? folder + MANIFEST : first + "." + MANIFEST);
    }

    private NameTemplate.Values values(Part part) {
        String ending = export.format(part).extension() + (export.protection().encrypts() ? ".gpg" : "");
        return new NameTemplate.Values(
                snapshot.stack(),
                part.name(),
                contents.database(part).orElse(part.name()),
                contents.bucket(part).orElse(part.name()),
                snapshot.began(),
                snapshot.id(),
                ending);
    }
}
