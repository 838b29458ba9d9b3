package dev.holdfast.control.convert;

import dev.holdfast.control.schedule.Schedule;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes a stack file of the variables of container images that dump databases. */
public final class DumpImages {
    private static final Map<String, String> REASONS = Map.of(
            "PGDUMP_EXTRA_OPTS", "name tables and schemas under the source, see docs/postgresql.md",
            "POSTGRES_EXTRA_OPTS", "name tables and schemas under the source, see docs/postgresql.md",
            "S3_S3V4", "requests are always signed so",
            "BACKUP_LATEST_TYPE", "'exports' has 'latest: true'",
            "BACKUP_SUFFIX", "'exports' has formats",
            "HEALTHCHECK_PORT", "the server has /health of its own",
            "env_file", "import that file, too");

    private final Variables variables;
    private final String shown;
    private final StackText out = new StackText();
    private final Set<String> read = new TreeSet<>();
    private final Set<String> clear = new TreeSet<>();

    private DumpImages(Variables variables, String shown) {
        this.variables = variables;
        this.shown = shown;
    }

    /**
     * Of {@code postgres-backup-s3}.
     *
     * @param content lines of {@code NAME=value}, or a compose file
     * @param shown what messages call the file
     * @param service of the compose file; empty for the one with that image
     * @throws Invalid (CONFIGURATION_INVALID) if a database, its server or the bucket are missing
     */
    public static Converted postgresBackupS3(String content, String shown, Optional<String> service) {
        DumpImages images = new DumpImages(Variables.of(content, shown, service, "postgres-backup-s3"), shown);
        return images.ofBucket();
    }

    /**
     * Of {@code docker-postgres-backup-local}; parameters as of the other.
     *
     * @throws Invalid (CONFIGURATION_INVALID) if databases or their server are missing
     */
    public static Converted postgresBackupLocal(String content, String shown, Optional<String> service) {
        DumpImages images = new DumpImages(Variables.of(content, shown, service, "postgres-backup-local"), shown);
        return images.ofFolder();
    }

    private Converted ofBucket() {
        String database = required("POSTGRES_DATABASE");
        String bucket = required("S3_BUCKET");
        begin("postgres-backup-s3", database);
        source("database", database, false);
        repository();
        out.map(2, "cloud").map(3, "s3");
        place(4, bucket, "holdfast/" + database);
        schedule("none was set, and the container ran once and ended");
        zone();
        days("BACKUP_KEEP_DAYS")
                .ifPresentOrElse(
                        days -> out.map(0, "retention").plain(1, "keep-days", days),
                        () -> out.note(
                                0,
                                "BACKUP_KEEP_DAYS is not set, and everything was kept; here it is 30 days, unless you write another rule"));
        out.map(0, "adopted");
        out.comment(1, "what is there already: 'holdfast adopt old' lists it");
        out.map(1, "old").map(2, "s3");
        place(3, bucket, value("S3_PREFIX").orElse(""));
        secret("PASSPHRASE").ifPresent(place -> out.secret(2, "passphrase", place));
        rest();
        return out.converted();
    }

    private Converted ofFolder() {
        List<String> databases =
                value("POSTGRES_DB_FILE").isPresent() && value("POSTGRES_DB").isEmpty()
                        ? List.of()
                        : List.of(required("POSTGRES_DB").split("[,\\s]+", -1));
        boolean cluster = value("POSTGRES_CLUSTER")
                .filter(text -> text.equalsIgnoreCase("true"))
                .isPresent();
        begin("postgres-backup-local", databases.size() == 1 ? databases.getFirst() : "imported");
        if (cluster || databases.isEmpty()) {
            value("POSTGRES_DB_FILE")
                    .ifPresent(file -> out.note(
                            1, "the databases that '" + file + "' names are not known here, so all are taken"));
            source("databases", databases.isEmpty() ? "postgres" : databases.getFirst(), true);
        } else {
            Names names = new Names();
            databases.forEach(
                    database -> source(names.unused(databases.size() == 1 ? "database" : database), database, false));
        }
        repository();
        out.map(2, "disk").map(3, "local").value(4, "path", "/var/backups/holdfast");
        schedule("it was '@daily'");
        zone();
        Map<String, String> rules = new LinkedHashMap<>();
        rules.put("keep-daily", days("BACKUP_KEEP_DAYS").orElse("7"));
        rules.put("keep-weekly", days("BACKUP_KEEP_WEEKS").orElse("4"));
        rules.put("keep-monthly", days("BACKUP_KEEP_MONTHS").orElse("6"));
        out.map(0, "retention");
        rules.forEach((rule, count) -> out.plain(1, rule, count));
        if (value("BACKUP_KEEP_MINS").isPresent()) {
            out.note(1, "BACKUP_KEEP_MINS was left out: say keep-within for all of the last hours");
        }
        out.map(0, "adopted");
        out.comment(1, "what is there already: 'holdfast adopt old' lists it");
        out.map(1, "old").map(2, "local").value(3, "path", value("BACKUP_DIR").orElse("/backups"));
        rest();
        return out.converted();
    }

    private void begin(String tool, String name) {
        out.comment(
                0,
                "made of the variables of " + tool + " in " + shown
                        + " by 'holdfast import'; read it before it is used");
        out.value(0, "stack", new Names().unused(name.contains("${") ? "imported" : name));
        out.map(0, "sources");
    }

    private void source(String name, String database, boolean every) {
        String host = value("POSTGRES_HOST")
                .or(() -> value("POSTGRES_PORT_5432_TCP_ADDR"))
                .orElseThrow(() -> missing("POSTGRES_HOST"));
        String port = value("POSTGRES_PORT")
                .or(() -> value("POSTGRES_PORT_5432_TCP_PORT"))
                .orElse("5432");
        out.map(1, name).map(2, "postgres");
        Optional<String> user = value("POSTGRES_USER");
        value("POSTGRES_USER_FILE")
                .ifPresent(file -> out.note(3, "write the user that is in '" + file + "' into the address"));
        out.value(
                3,
                "url",
                "postgresql://" + user.map(text -> encoded(text) + "@").orElse("") + host + ":" + port + "/"
                        + encoded(database));
        secret("POSTGRES_PASSWORD")
                .ifPresentOrElse(
                        place -> out.secret(3, "password", place),
                        () -> value("POSTGRES_PASSFILE_STORE")
                                .ifPresent(file ->
                                        out.note(3, "the password is in '" + file + "': set PGPASSFILE to it")));
        if (every) {
            out.plain(3, "databases", "all");
        }
    }

    private void repository() {
        out.map(0, "repository");
        out.variable(1, "passphrase", "HOLDFAST_PASSPHRASE");
        out.map(1, "destinations");
    }

    private void place(int depth, String bucket, String prefix) {
        value("S3_ENDPOINT").ifPresent(endpoint -> out.value(depth, "endpoint", endpoint));
        out.value(depth, "region", value("S3_REGION").orElse("us-west-1"));
        out.value(depth, "bucket", bucket);
        if (!prefix.isEmpty()) {
            out.value(depth, "prefix", prefix.endsWith("/") ? prefix : prefix + "/");
        }
        secret("S3_ACCESS_KEY_ID").ifPresent(place -> out.secret(depth, "access-key", place));
        secret("S3_SECRET_ACCESS_KEY").ifPresent(place -> out.secret(depth, "secret-key", place));
    }

    private void schedule(String otherwise) {
        Optional<String> written = value("SCHEDULE");
        Optional<String> understood =
                written.filter(text -> !text.contains("${")).flatMap(DumpImages::understood);
        if (understood.isEmpty()) {
            out.note(
                    0,
                    written.map(text -> "SCHEDULE '" + text + "' was left out: Holdfast does not understand it")
                            .orElse("SCHEDULE is not set; " + otherwise + ". Here it is once a day"));
        }
        out.value(0, "schedule", understood.orElse("@daily"));
    }

    private static Optional<String> understood(String text) {
        try {
            return Optional.of(Schedule.parse(text, ZoneId.of("UTC"))).map(_ -> text);
        } catch (Invalid e) {
            return Optional.empty();
        }
    }

    private void zone() {
        Optional<String> zone = value("TZ");
        try {
            zone.map(ZoneId::of).ifPresent(known -> out.value(0, "zone", known.getId()));
        } catch (DateTimeException e) {
            out.note(0, "TZ '" + zone.orElse("") + "' was left out: there is no such time zone");
        }
    }

    private Optional<String> days(String name) {
        return value(name).filter(text -> text.matches("[1-9]\\d{0,4}"));
    }

    private Optional<SecretPlace> secret(String name) {
        Optional<String> file = value(name + "_FILE");
        if (file.isPresent()) {
            read.add(name);
            return file.map(path -> new SecretPlace(true, path));
        }
        Optional<String> value = value(name);
        value.filter(SecretPlace::isClear).ifPresent(_ -> {
            if (clear.add(name)) {
                out.note(
                        0, "the value of " + name + " was not copied: set the variable " + name + " for Holdfast, too");
            }
        });
        return value.map(text -> SecretPlace.of(text, name));
    }

    private Optional<String> value(String name) {
        read.add(name);
        return variables.value(name);
    }

    private String required(String name) {
        return value(name).orElseThrow(() -> missing(name));
    }

    private Invalid missing(String name) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "'" + shown + "' does not set " + name,
                "name the file, or the service with --service, that does.");
    }

    private void rest() {
        List<String> left = new ArrayList<>(variables.names());
        left.removeAll(read);
        left.stream()
                .filter(name -> variables.value(name).isPresent())
                .forEach(name -> out.note(
                        0,
                        name + " was left out: "
                                + REASONS.getOrDefault(
                                        name,
                                        name.startsWith("WEBHOOK")
                                                ? "write it under 'notify' or 'hooks', see docs/notifications.md"
                                                : "it has no counterpart")));
    }

    private static String encoded(String text) {
        return text.contains("${")
                ? text
                : URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
