package dev.holdfast.control.export;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the files of an export are named.
 *
 * @param databases those of databases
 * @param files those of buckets and directories
 * @param copies further names that a file gets too; whatever snapshot comes next under one of them replaces it
 */
public record ExportNames(NameTemplate databases, NameTemplate files, List<NameTemplate> copies) {
    /** {@code shop_2025-01-15_02-00-00.sql.gz}. */
    public static final ExportNames STANDARD = of("{database}_%Y-%m-%d_%H-%M-%S.{ext}");

    /** Names that many people have already, by the word that stands for them. */
    public enum Preset {
        TIMESTAMP("timestamp", STANDARD),
        BACKUPS(
                "backups",
                new ExportNames(
                        new NameTemplate("backups/postgres/{database}_%Y-%m-%d_%H-%M-%S.{ext}"),
                        new NameTemplate("backups/files/{part}_%Y-%m-%d_%H-%M-%S.{ext}"),
                        List.of())),
        FOLDERS(
                "folders",
                new ExportNames(
                        new NameTemplate("postgres/%Y%m%d_%H%M%S/{database}.{ext}"),
                        new NameTemplate("minio/%Y%m%d_%H%M%S/{part}.{ext}"),
                        List.of())),
        POSTGRES_BACKUP_S3("postgres-backup-s3", ExportNames.of("{database}_%Y-%m-%dT%H:%M:%S.{ext}")),
        ROTATED(
                "rotated",
                new ExportNames(
                        new NameTemplate("last/{database}-%Y%m%d-%H%M%S.{ext}"),
                        new NameTemplate("last/{part}-%Y%m%d-%H%M%S.{ext}"),
                        List.of(
                                new NameTemplate("daily/{database}-%Y%m%d.{ext}"),
                                new NameTemplate("weekly/{database}-%G%V.{ext}"),
                                new NameTemplate("monthly/{database}-%Y%m.{ext}"))));

        private final String word;

        @SuppressWarnings("ImmutableEnumChecker") // records of texts, and a list that was copied
        private final ExportNames names;

        Preset(String word, ExportNames names) {
            this.word = word;
            this.names = names;
        }

        /** As it stands in a stack file. */
        public String word() {
            return word;
        }

        public ExportNames names() {
            return names;
        }

        /** The one of a word; empty if the word is a template. */
        public static Optional<Preset> of(String word) {
            return Stream.of(values())
                    .filter(preset -> preset.word.equals(word))
                    .findFirst();
        }
    }

    /**
     * A source as far as names depend on it.
     *
     * @param name its name
     * @param database name of its database; empty if it is none, or it is not known
     * @param bucket name of its bucket; empty if it is none
     * @param isDatabase whether it is one or more databases
     * @param isMany whether it is all databases of a server
     */
    public record Named(
            String name, Optional<String> database, Optional<String> bucket, boolean isDatabase, boolean isMany) {}

    public ExportNames {
        copies = List.copyOf(copies);
    }

    /** One template for everything. */
    public static ExportNames of(String template) {
        NameTemplate both = new NameTemplate(template);
        return new ExportNames(both, both, List.of());
    }

    /** Every template that a file gets a name by. */
    Stream<NameTemplate> all(boolean database) {
        return Stream.concat(Stream.of(main(database)), copies.stream());
    }

    NameTemplate main(boolean database) {
        return database ? databases : files;
    }

    /**
     * @param sources what is exported
     * @throws Invalid (CONFIGURATION_INVALID) if two snapshots, or two of these, could get one name
     */
    public void requireDistinct(List<Named> sources) {
        for (NameTemplate template : List.of(databases, files)) {
            if (!template.tellsSnapshotsApart()) {
                throw new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "two snapshots could get the same name by '" + template.text() + "'",
                        "add the time to the second, such as %Y-%m-%d_%H-%M-%S, or {id}.");
            }
        }
        List<Named> ofDatabases = sources.stream().filter(Named::isDatabase).toList();
        List<Named> others =
                sources.stream().filter(source -> !source.isDatabase()).toList();
        all(true).forEach(template -> require(template, ofDatabases));
        all(false).forEach(template -> require(template, others));
    }

    private static void require(NameTemplate template, List<Named> sources) {
        boolean several = sources.size() > 1 || sources.stream().anyMatch(Named::isMany);
        boolean apart = template.hasPart()
                || (template.hasDatabase() && distinct(sources, true))
                || (template.hasBucket() && distinct(sources, false));
        if (several && !apart) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "several parts could get the same name by '" + template.text() + "'",
                    "add {part}, or name one part with 'parts'.");
        }
    }

    /** Names that a placeholder gives, where they are all known; that of a source without is its own. */
    private static boolean distinct(List<Named> sources, boolean byDatabase) {
        if (byDatabase && sources.stream().anyMatch(Named::isMany)) {
            return sources.size() == 1;
        }
        if (byDatabase
                && sources.size() > 1
                && sources.stream()
                        .anyMatch(source ->
                                source.isDatabase() && source.database().isEmpty())) {
            return false;
        }
        return sources.stream()
                        .map(source -> (byDatabase ? source.database() : source.bucket()).orElse(source.name()))
                        .distinct()
                        .count()
                == sources.size();
    }
}
