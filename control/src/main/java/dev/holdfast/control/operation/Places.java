package dev.holdfast.control.operation;

import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.DatabasePart;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.RepositoryUrl;
import dev.holdfast.control.config.S3Place;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.config.Spelling;
import dev.holdfast.control.config.StackConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides which parts of a snapshot are meant, and which place each belongs to. */
final class Places {
    private final Optional<StackConfig> stack;
    private final Environment environment;
    private final Map<String, String> given;
    private final String option;

    /**
     * @param given part to place, as written on the command line
     * @param option how such a place is given there
     */
    Places(Optional<StackConfig> stack, Environment environment, Map<String, String> given, String option) {
        this.stack = stack;
        this.environment = environment;
        this.given = given;
        this.option = option;
    }

    /** The parts with these names, or all, in the order of {@link Order}. */
    List<Part> parts(Snapshot snapshot, Collection<String> names) {
        names.forEach(name -> knownOrAll(snapshot, name));
        given.keySet().forEach(name -> knownOrAll(snapshot, name));
        return snapshot.parts().stream()
                .filter(part -> names.isEmpty()
                        || names.contains(part.name())
                        || source(part).filter(names::contains).isPresent())
                .sorted(Comparator.comparingInt(part -> Order.of(part.kind())))
                .toList();
    }

    /** What a stack has and a snapshot lacks, if all of it was asked for. */
    List<Finding> absent(Snapshot snapshot, Collection<String> names) {
        if (!names.isEmpty()) {
            return List.of();
        }
        return stack.map(StackConfig::sources).orElse(List.of()).stream()
                .filter(source -> snapshot.parts().stream().noneMatch(part -> isOf(part, source.name())))
                .map(source -> new Finding(
                        source.name(),
                        "the stack has this source, but snapshot " + snapshot.id()
                                + " has no such part; an earlier one may"))
                .toList();
    }

    /** The source of which a part is one database among all; empty for every other part. */
    private static Optional<String> source(Part part) {
        return DatabasePart.parse(part.name()).map(DatabasePart::source);
    }

    private static boolean isOf(Part part, String name) {
        return part.name().equals(name) || source(part).filter(name::equals).isPresent();
    }

    /** A name means a part, or all databases of a source. */
    private static void knownOrAll(Snapshot snapshot, String name) {
        if (snapshot.parts().stream().noneMatch(part -> isOf(part, name))) {
            known(snapshot, name);
        }
    }

    static Part known(Snapshot snapshot, String name) {
        return snapshot.part(name).orElseThrow(() -> {
            List<String> names = snapshot.parts().stream().map(Part::name).toList();
            String meant = Spelling.meant(name, names)
                    .map(word -> "; did you mean '" + word + "'?")
                    .orElse("");
            return new Missing(
                    ErrorCode.PART_MISSING,
                    "snapshot " + snapshot.id() + " has no part '" + name + "'" + meant,
                    "its parts are: " + String.join(", ", names) + ".");
        });
    }

    /** The place of a part: the one that was given, else the source's own. */
    SourceConfig of(Part part) {
        String text = given.get(part.name());
        Optional<SourceConfig> own = stack.flatMap(s -> s.source(part.name()))
                .filter(source -> source.kind().equals(part.kind()));
        if (text != null) {
            return named(part, text, own);
        }
        return DatabasePart.parse(part.name())
                .filter(database -> given.containsKey(database.source()))
                .map(database -> onServer(part, database, own))
                // a part from before its source became all databases belongs to one that the stack file no longer names
                .or(() -> own.filter(source -> !(source instanceof PostgresConfig postgres
                        && postgres.scope().everyDatabase())))
                .orElseThrow(() -> unknown(part));
    }

    /** The place was given for all databases at once: it is a server, and each keeps its name. */
    private SourceConfig onServer(Part part, DatabasePart database, Optional<SourceConfig> own) {
        String text = String.valueOf(given.get(database.source()));
        if (!PostgresConfig.isUrl(text)) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "'" + database.source()
                            + "' is all databases of a server; their place must begin with postgresql://",
                    "for example: " + option + " " + database.source() + "=postgresql://user:password@host:5432");
        }
        return database(part, text, own).withDatabase(database.database());
    }

    private SourceConfig named(Part part, String text, Optional<SourceConfig> own) {
        if (text.isBlank()) {
            throw new Invalid(ErrorCode.USAGE, option + " " + part.name() + "= names no place", example(part));
        }
        return switch (part.kind()) {
            case PostgresConfig.KIND -> database(part, text, own);
            case BucketConfig.KIND -> bucket(part, text, own);
            case DirectoryConfig.KIND -> new DirectoryConfig(part.name(), directory(part, text), excluded(own));
            default ->
                throw new Unsupported(
                        ErrorCode.REPOSITORY_TOO_NEW,
                        "part '" + part.name() + "' is of the kind '" + part.kind()
                                + "', which this version does not know",
                        "use a newer version.");
        };
    }

    private PostgresConfig database(Part part, String text, Optional<SourceConfig> own) {
        Optional<PostgresConfig> source = own.map(PostgresConfig.class::cast);
        if (!text.contains("://") && !PostgresConfig.isUrl(text)) {
            return source.orElseThrow(() -> new Invalid(
                            ErrorCode.USAGE,
                            "'" + text + "' is the name of a database, but the stack file does not say on which server",
                            example(part)))
                    .withDatabase(text);
        }
        if (!PostgresConfig.isUrl(text)) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "the place of part '" + part.name() + "' must be a database name or begin with postgresql://",
                    example(part));
        }
        Optional<Secret> password = environment.secret("PGPASSWORD");
        return source.map(s -> s.withUrl(text))
                .orElseGet(() -> new PostgresConfig(
                        part.name(), new Secret(text), password, PostgresConfig.DEFAULT_CONNECTIONS));
    }

    private BucketConfig bucket(Part part, String text, Optional<SourceConfig> own) {
        S3Place server = own.map(source -> ((BucketConfig) source).place())
                .orElseGet(() -> RepositoryUrl.s3(environment, option + " " + part.name()));
        S3Place place = server.withBucket(text);
        if (place.bucket().isEmpty()) {
            throw new Invalid(ErrorCode.USAGE, "'" + text + "' names no bucket", example(part));
        }
        return new BucketConfig(part.name(), place);
    }

    private Path directory(Part part, String text) {
        try {
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new Invalid(ErrorCode.USAGE, "'" + text + "' is not a path", example(part), e);
        }
    }

    /** What was left out of the backup is not missed in a comparison. */
    private static List<String> excluded(Optional<SourceConfig> own) {
        return own.map(source -> ((DirectoryConfig) source).exclude()).orElse(List.of());
    }

    private Invalid unknown(Part part) {
        String why = stack.isEmpty()
                ? "without a stack file every part needs one"
                : "the stack file has no source of this name and kind, or it is all databases of a server";
        return new Invalid(
                ErrorCode.USAGE,
                "part '" + part.name() + "' (" + part.kind() + " " + part.location() + ") has no place to go to: "
                        + why,
                example(part));
    }

    private String example(Part part) {
        String place = switch (part.kind()) {
            case PostgresConfig.KIND -> "postgresql://user:password@host:5432/new_database";
            case BucketConfig.KIND -> "new-bucket";
            default -> "/new/directory";
        };
        return "for example: " + option + " " + part.name() + "=" + place;
    }
}
