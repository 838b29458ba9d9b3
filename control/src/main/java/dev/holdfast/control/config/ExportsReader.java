package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.ExportNames;
import dev.holdfast.control.export.ExportPlace;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.Protection;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads what of every snapshot is kept as ordinary files. */
final class ExportsReader {
    static final String KEY = "exports";

    private static final String PARTS = "parts";
    private static final String NAME = "name";
    private static final String FORMAT = "format";
    private static final String PLACES = "places";
    private static final String CHECKSUMS = "checksums";
    private static final String ENCRYPT = "encrypt";
    private static final String SIGN = "sign";
    private static final String LATEST = "latest";
    private static final String PATIENCE = "patience";
    private static final List<String> KEYS =
            List.of(PARTS, FORMAT, NAME, CHECKSUMS, ENCRYPT, SIGN, LATEST, PATIENCE, PLACES);

    private final List<SourceConfig> sources;
    private final ZoneId zone;

    private ExportsReader(List<SourceConfig> sources, ZoneId zone) {
        this.sources = List.copyOf(sources);
        this.zone = zone;
    }

    /**
     * @param sources what the stack consists of
     */
    static List<ExportConfig> read(Section file, List<SourceConfig> sources, ZoneId zone) {
        if (!file.has(KEY)) {
            return List.of();
        }
        Section exports = file.section(KEY, Example.EXPORTS);
        ExportsReader reader = new ExportsReader(sources, zone);
        List<ExportConfig> read = new ArrayList<>();
        for (String name : exports.keys()) {
            exports.attempt(() -> reader.export(name, exports)).ifPresent(read::add);
        }
        return read;
    }

    private ExportConfig export(String name, Section exports) {
        Section.named(exports.line(name), name, "the name of an export", Example.EXPORTS);
        Section export = exports.section(name, Example.EXPORTS).only(KEYS, Example.EXPORTS);
        List<String> parts = parts(export);
        ExportNames names = names(export);
        export.made(NAME, () -> {
            names.requireDistinct(named(parts));
            return names;
        });
        FileFormat databases = FileFormat.CUSTOM;
        FileFormat files = FileFormat.TAR_GZ;
        if (export.has(FORMAT)) {
            Section format = export.section(FORMAT, Example.EXPORT_FORMAT)
                    .only(List.of("databases", "files"), Example.EXPORT_FORMAT);
            databases = format(format, "databases", true, databases);
            files = format(format, "files", false, files);
            if (files.isTree()) {
                requireTreeOnly(export, names);
            }
        }
        return new ExportConfig(
                name,
                parts,
                databases,
                files,
                names,
                checksums(export),
                protection(export),
                export.flag(LATEST, false),
                export.span(PATIENCE, Duration.ofSeconds(1), Duration.ofDays(1), Example.EXPORT_PATIENCE)
                        .orElse(ExportConfig.PATIENCE),
                places(export.section(PLACES, Example.EXPORT_PLACES)));
    }

    private static FileFormat format(Section format, String key, boolean ofDatabases, FileFormat otherwise) {
        return format.choice(key, FileFormat.all(ofDatabases), FileFormat::label, otherwise, Example.EXPORT_FORMAT);
    }

    /** What is for single files is refused beside trees, and not left out silently. */
    private static void requireTreeOnly(Section export, ExportNames names) {
        for (String key : List.of(CHECKSUMS, ENCRYPT, LATEST)) {
            if (export.has(key) && !(key.equals(LATEST) && !export.flag(LATEST, false))) {
                throw noTree(export, key, "'" + key + "'");
            }
        }
        if (!names.copies().isEmpty()) {
            throw noTree(export, NAME, "copies, which the preset of its 'name' makes");
        }
    }

    private static Stop noTree(Section export, String key, String what) {
        return new Stop(
                export.line(key),
                "'" + export.path() + "' keeps buckets and directories as trees, and trees have no " + what,
                "leave it out, or keep trees by an export of their own; 'holdfast verify' knows the digests of their files.");
    }

    private List<String> parts(Section export) {
        List<String> parts = export.texts(PARTS, Example.EXPORT_PARTS);
        List<String> known = sources.stream().map(SourceConfig::name).toList();
        for (String part : parts) {
            String source = DatabasePart.parse(part).map(DatabasePart::source).orElse(part);
            if (!known.isEmpty() && !known.contains(source)) {
                throw new Stop(
                        export.line(PARTS),
                        "'" + export.path() + ".parts' names '" + part + "', and the stack has no such source"
                                + Spelling.meant(part, known)
                                        .map(word -> "; did you mean '" + word + "'?")
                                        .orElse(""),
                        "its sources are: " + String.join(", ", known) + ".");
            }
        }
        if (parts.isEmpty() && export.has(PARTS)) {
            throw new Stop(
                    export.line(PARTS), "'" + export.path() + ".parts' is empty", "leave it out to export every part.");
        }
        return parts;
    }

    private List<ExportNames.Named> named(List<String> parts) {
        Stream<ExportNames.Named> chosen = parts.isEmpty()
                ? sources.stream().map(ExportsReader::named)
                : parts.stream().flatMap(part -> named(part).stream());
        return chosen.toList();
    }

    private Optional<ExportNames.Named> named(String part) {
        return DatabasePart.parse(part)
                .map(one -> new ExportNames.Named(part, Optional.of(one.database()), Optional.empty(), true, false))
                .or(() -> sources.stream()
                        .filter(source -> source.name().equals(part))
                        .findFirst()
                        .map(ExportsReader::named));
    }

    private static ExportNames.Named named(SourceConfig source) {
        return switch (source) {
            case PostgresConfig postgres ->
                new ExportNames.Named(
                        postgres.name(),
                        postgres.database(),
                        Optional.empty(),
                        true,
                        postgres.scope().everyDatabase());
            case BucketConfig bucket ->
                new ExportNames.Named(
                        bucket.name(),
                        Optional.empty(),
                        Optional.of(bucket.place().bucket()),
                        false,
                        false);
            case DirectoryConfig directory ->
                new ExportNames.Named(directory.name(), Optional.empty(), Optional.empty(), false, false);
        };
    }

    private static ExportNames names(Section export) {
        return export.text(NAME, Example.EXPORT_NAME)
                .map(text -> export.made(
                        NAME,
                        () -> ExportNames.Preset.of(text)
                                .map(ExportNames.Preset::names)
                                .orElseGet(() -> ExportNames.of(text))))
                .orElse(ExportNames.STANDARD);
    }

    private static Set<Checksum> checksums(Section export) {
        Set<Checksum> checksums = EnumSet.noneOf(Checksum.class);
        export.texts(CHECKSUMS, Example.CHECKSUMS)
                .forEach(text -> checksums.add(export.choiceIn(
                        CHECKSUMS, text, List.of(Checksum.values()), Checksum::label, Example.CHECKSUMS)));
        return checksums;
    }

    private static Protection protection(Section export) {
        List<Path> recipients = List.of();
        Optional<Secret> passphrase = Optional.empty();
        if (export.has(ENCRYPT)) {
            Section encrypt = export.section(ENCRYPT, Example.ENCRYPT)
                    .only(List.of("recipients", "passphrase", "passphrase-file"), Example.ENCRYPT);
            recipients = encrypt.paths("recipients", Example.ENCRYPT);
            passphrase = encrypt.secret("passphrase");
            if (recipients.isEmpty() && passphrase.isEmpty()) {
                throw new Stop(
                        encrypt.line(),
                        "'" + encrypt.path() + "' has neither 'recipients' nor 'passphrase'",
                        Example.ENCRYPT);
            }
        }
        if (!export.has(SIGN)) {
            return new Protection(recipients, passphrase, Optional.empty(), Optional.empty());
        }
        if (!export.has(ENCRYPT)) {
            throw new Stop(
                    export.line(SIGN),
                    "'" + export.path()
                            + "' is signed, but not encrypted, and no tool would read such a file as what it is",
                    Example.ENCRYPT);
        }
        Section sign =
                export.section(SIGN, Example.SIGN).only(List.of("key", "passphrase", "passphrase-file"), Example.SIGN);
        Path signer = sign.path("key", Example.SIGN).orElseThrow(() -> sign.missing("key", Example.SIGN));
        return new Protection(recipients, passphrase, Optional.of(signer), sign.secret("passphrase"));
    }

    private List<ExportPlace> places(Section places) {
        List<ExportPlace> read = new ArrayList<>();
        for (String name : places.keys()) {
            places.attempt(() -> ExportPlaceReader.read(name, places, zone)).ifPresent(read::add);
        }
        if (places.keys().isEmpty()) {
            throw new Stop(
                    places.line(), "'" + places.path() + "' is empty; expected at least one", Example.EXPORT_PLACES);
        }
        places.raise();
        return read;
    }
}
