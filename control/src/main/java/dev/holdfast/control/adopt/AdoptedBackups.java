package dev.holdfast.control.adopt;

import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.Finding;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What was found in a place.
 *
 * @param location of the place, for people
 * @param backups the newest first
 * @param others how many files are no backups
 * @param findings what somebody should look at
 */
public record AdoptedBackups(String location, List<AdoptedBackup> backups, int others, List<Finding> findings) {
    /** What stands for the newest one. */
    public static final String LATEST = "latest";

    private static final int LEAST_PREFIX = 4;

    public AdoptedBackups {
        backups = backups.stream()
                .sorted(Comparator.comparing(AdoptedBackup::time).reversed().thenComparing(AdoptedBackup::name))
                .toList();
        findings = List.copyOf(findings);
    }

    /** Those of one database, exactly of this name. */
    public AdoptedBackups of(String database) {
        return new AdoptedBackups(
                location,
                backups.stream()
                        .filter(backup ->
                                backup.database().filter(database::equals).isPresent())
                        .toList(),
                others,
                findings);
    }

    /**
     * The one that a text means: {@code latest}, an id or its beginning, or the name of a file.
     *
     * @throws Missing (STORE_OBJECT_MISSING) if there is none
     * @throws Invalid (USAGE) if it could be several
     */
    public AdoptedBackup select(String text) {
        if (text.equals(LATEST)) {
            return latest();
        }
        List<AdoptedBackup> named = backups.stream()
                .filter(backup -> backup.name().text().equals(text)
                        || backup.also().stream().anyMatch(name -> name.text().equals(text)))
                .toList();
        String prefix = text.toLowerCase(Locale.ROOT);
        List<AdoptedBackup> found = !named.isEmpty() || text.length() < LEAST_PREFIX
                ? named
                : backups.stream()
                        .filter(backup -> backup.id().startsWith(prefix))
                        .toList();
        if (found.size() > 1) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "'" + text + "' is the beginning of " + found.size() + " ids in " + location,
                    "give more characters of the id.");
        }
        if (found.isEmpty()) {
            throw new Missing(
                    ErrorCode.STORE_OBJECT_MISSING,
                    "there is no backup '" + text + "' in " + location,
                    "'holdfast adopt' with that place lists all.");
        }
        return found.getFirst();
    }

    /** What cannot be used is never the latest. */
    private AdoptedBackup latest() {
        List<AdoptedBackup> usable = backups.stream()
                .filter(AdoptedBackup::isUsable)
                .filter(backup -> backup.kind().isDatabase() && backup.kind() != Kind.CLUSTER)
                .toList();
        List<String> databases = usable.stream()
                .flatMap(backup -> backup.database().stream())
                .distinct()
                .sorted()
                .toList();
        if (databases.size() > 1) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "there are backups of several databases in " + location + ": "
                            + databases.stream().limit(10).collect(Collectors.joining(", ")),
                    "name one with --database, or a backup by its id.");
        }
        Optional<AdoptedBackup> newest = usable.stream().findFirst();
        return newest.orElseThrow(() -> new Missing(
                ErrorCode.STORE_OBJECT_MISSING,
                "there is no usable backup of a database in " + location,
                "'holdfast adopt' with that place lists what there is, and why it cannot be used."));
    }
}
