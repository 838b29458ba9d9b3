package dev.holdfast.control.config.zero;

import dev.holdfast.control.config.Spelling;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds variables that were probably meant to be others, and those of other tools that mean nothing here. */
final class LookAlikes {
    private static final int LEAST_LENGTH = 6;

    /** What else there is, so that it is not taken for a mistake. */
    private static final Set<String> OTHERS = Set.of(
            "PGHOSTADDR",
            "PGSERVICE",
            "PGSERVICEFILE",
            "PGSSLMODE",
            "PGSSLCERT",
            "PGSSLKEY",
            "PGSSLROOTCERT",
            "PGOPTIONS",
            "PGAPPNAME",
            "PGDATA",
            "POSTGRES_PORT_5432_TCP",
            "AWS_PROFILE",
            "POSTGRES_VERSION");

    private static final String OWN = "HOLDFAST_";

    /** Our own, read elsewhere: by the launcher, the server, commands, and set for hooks. */
    private static final Set<String> OWN_ELSEWHERE = Set.of(
            "HOLDFAST_HOME",
            "HOLDFAST_JAVA",
            "HOLDFAST_LAUNCHER",
            "HOLDFAST_OPTS",
            "HOLDFAST_STATE",
            "HOLDFAST_SPOOL",
            "HOLDFAST_PORT",
            "HOLDFAST_BIND",
            "HOLDFAST_FILE",
            "HOLDFAST_LOG_FORMAT",
            "HOLDFAST_NAME",
            "HOLDFAST_RUNS_AT_ONCE",
            "HOLDFAST_CATALOG_URL",
            "HOLDFAST_CATALOG_PASSWORD",
            "HOLDFAST_SEAL_KEY",
            "HOLDFAST_ADMIN_USER",
            "HOLDFAST_ADMIN_PASSWORD",
            "HOLDFAST_PUBLIC_URL",
            "HOLDFAST_TRUSTED_PROXIES",
            "HOLDFAST_METRICS",
            "HOLDFAST_METRICS_TOKEN",
            "HOLDFAST_HEALTH_URL",
            "HOLDFAST_SERVER",
            "HOLDFAST_SERVER_CERTIFICATE",
            "HOLDFAST_TOKEN",
            "HOLDFAST_KIND",
            "HOLDFAST_RUN",
            "HOLDFAST_SNAPSHOT",
            "HOLDFAST_ERROR");

    /** How names begin that are told apart by whoever reads them. */
    private static final List<String> OWN_FAMILIES = List.of(
            "HOLDFAST_OIDC_",
            "HOLDFAST_JWT_",
            "HOLDFAST_NOTIFY_",
            "HOLDFAST_NOTIFICATIONS",
            "HOLDFAST_KEEP_",
            "HOLDFAST_DOWNLOAD_");

    /** Of other tools; without meaning here, with what to do instead. */
    private static final Map<String, String> MEANINGLESS = Map.ofEntries(
            Map.entry("PGDUMP_EXTRA_OPTS", "there are no options of pg_dump; a stack file chooses schemas and tables"),
            Map.entry(
                    "POSTGRES_EXTRA_OPTS", "there are no options of pg_dump; a stack file chooses schemas and tables"),
            Map.entry("BACKUP_SUFFIX", "backups are snapshots; 'holdfast export' writes files"),
            Map.entry("BACKUP_FILENAME", "backups are snapshots; 'holdfast export' writes files"),
            Map.entry("BACKUP_LATEST_TYPE", "the newest snapshot is always called 'latest'"),
            Map.entry("BACKUP_EXCLUDE_REGEXP", "set HOLDFAST_EXCLUDE to patterns as in a .gitignore"),
            Map.entry("BACKUP_PRUNING_PREFIX", "retention counts the snapshots of this stack alone"),
            Map.entry("AWS_ENDPOINT_INSECURE", "certificates are always checked"),
            Map.entry("AWS_ENDPOINT_CA_CERT", "add the certificate to the trust store of Java"),
            Map.entry("WEBHOOK_EXTRA_ARGS", "calls are not made by curl; a stack file describes hooks with headers"),
            Map.entry("NOTIFICATION_URLS", "describe channels in a stack file, under 'notify'"),
            Map.entry("AGE_PASSPHRASE", "set HOLDFAST_PASSPHRASE"),
            Map.entry("AGE_PUBLIC_KEYS", "set HOLDFAST_PASSPHRASE"),
            Map.entry(
                    "MINIO_BUCKET",
                    "set S3_BUCKET for the bucket that backups go to, or HOLDFAST_BUCKET_SOURCE for one to back up"),
            Map.entry(
                    "S3_BUCKET_NAME",
                    "set S3_BUCKET for the bucket that backups go to, or HOLDFAST_BUCKET_SOURCE for one to back up"));

    private LookAlikes() {}

    static void find(Variables variables) {
        List<String> known = new ArrayList<>(Variable.allNames());
        known.addAll(OWN_ELSEWHERE);
        for (String name : new TreeSet<>(variables.environment().variables().keySet())) {
            String base = name.endsWith("_FILE") ? name.substring(0, name.length() - "_FILE".length()) : name;
            if (MEANINGLESS.containsKey(base)) {
                variables.warn(name, name + " means nothing here: " + MEANINGLESS.get(base));
            } else if (!known.contains(base) && !OTHERS.contains(base)) {
                unknown(variables, name, meant(base, known));
            }
        }
    }

    /** What has our own name in front is for us, whatever it looks like. */
    private static void unknown(Variables variables, String name, Optional<String> meant) {
        boolean own = name.startsWith(OWN) && OWN_FAMILIES.stream().noneMatch(name::startsWith);
        if (meant.isPresent() || own) {
            variables.lookAlike(
                    name,
                    name + " is not known and not used"
                            + meant.map(word -> "; did you mean " + word + "?").orElse(""));
        }
    }

    /** One slip in a short name, two in a long one. */
    private static Optional<String> meant(String name, List<String> known) {
        int tolerated = name.length() < 2 * LEAST_LENGTH ? 1 : 2;
        return known.stream()
                .filter(word -> name.length() >= LEAST_LENGTH && Spelling.distance(name, word) <= tolerated)
                .min(Comparator.comparingInt(word -> Spelling.distance(name, word)));
    }
}
