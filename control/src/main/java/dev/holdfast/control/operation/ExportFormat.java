package dev.holdfast.control.operation;

import dev.holdfast.control.export.FileFormat;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** What an export of a part is to be. Levels of compression are 0 (none) to 9. */
public sealed interface ExportFormat {
    int USUAL_ARCHIVE_LEVEL = 6;

    /** As it is named on the command line. */
    String label();

    /** Whether it is one for databases; else it is one for buckets and directories. */
    default boolean isOfDatabases() {
        return true;
    }

    /** An archive for {@code pg_restore}, compressed within. */
    record Archive(int level) implements ExportFormat {
        @Override
        public String label() {
            return "custom";
        }
    }

    /**
     * SQL for {@code psql}, compressed as a whole.
     *
     * @param create whether it makes the database too
     */
    record Sql(int level, boolean create) implements ExportFormat {
        @Override
        public String label() {
            return "sql";
        }
    }

    /** The roles that the database uses, as SQL, compressed as a whole. */
    record Roles(int level) implements ExportFormat {
        @Override
        public String label() {
            return "roles";
        }
    }

    /** A file as kept exports have it, archived and compressed as they are. */
    record Kept(FileFormat format) implements ExportFormat {
        @Override
        public String label() {
            return format.label();
        }

        @Override
        public boolean isOfDatabases() {
            return format.isOfDatabases();
        }
    }

    /** A folder with a file for each object or file. */
    record Tree() implements ExportFormat {
        @Override
        public String label() {
            return "tree";
        }

        @Override
        public boolean isOfDatabases() {
            return false;
        }
    }

    /** What is meant if nothing is said. */
    static ExportFormat usual(boolean ofDatabase) {
        return ofDatabase ? new Archive(USUAL_ARCHIVE_LEVEL) : new Kept(FileFormat.TAR_GZ);
    }

    /** The names of those for databases, or of those for buckets and directories. */
    static List<String> labels(boolean ofDatabases) {
        List<String> labels = new ArrayList<>(FileFormat.ofOneFile(ofDatabases).stream()
                .map(FileFormat::label)
                .toList());
        labels.add(ofDatabases ? "roles" : "tree");
        return List.copyOf(labels);
    }

    /**
     * What is asked for.
     *
     * @param label its name; empty if nothing is said
     * @param level of compression, if one is said, which only some formats take
     * @param create whether SQL is to make the database too
     * @return empty for the usual one of the part
     * @throws Invalid (USAGE) if there is no such format, or it takes no level
     */
    static Optional<ExportFormat> of(Optional<String> label, OptionalInt level, boolean create) {
        if (label.isEmpty() && level.isEmpty()) {
            return Optional.empty();
        }
        String name = label.orElse("custom");
        return Optional.of(
                switch (name) {
                    case "custom" -> new Archive(level.orElse(USUAL_ARCHIVE_LEVEL));
                    case "sql" -> new Sql(level.orElse(0), create);
                    case "roles" -> new Roles(level.orElse(0));
                    default -> withoutLevel(name, level);
                });
    }

    private static ExportFormat withoutLevel(String label, OptionalInt level) {
        ExportFormat format = label.equals("tree") ? new Tree() : new Kept(kept(label));
        if (level.isPresent()) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--compress is for custom, sql and roles; how '" + label + "' is compressed is fixed",
                    "leave --compress out.");
        }
        return format;
    }

    private static FileFormat kept(String label) {
        return Stream.concat(FileFormat.ofOneFile(true).stream(), FileFormat.ofOneFile(false).stream())
                .filter(format -> format.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new Invalid(
                        ErrorCode.USAGE,
                        "there is no format '" + label + "'",
                        "say " + listed(true) + " for a database, " + listed(false) + " for a bucket or directory."));
    }

    /** The names of all of them, as in a sentence. */
    static String listed(boolean ofDatabases) {
        List<String> labels = labels(ofDatabases);
        return String.join(", ", labels.subList(0, labels.size() - 1)) + " or " + labels.getLast();
    }
}
