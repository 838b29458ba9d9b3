package dev.holdfast.control.adopt;

import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.connectors.adopt.BackupHead.Layer;
import dev.holdfast.engine.place.FileName;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the name of a file says of the backup in it.
 *
 * @param name of the file
 * @param layout whose way of naming it is
 * @param database the whole name before the time; empty if there is none
 * @param time when the backup was made, as far as the name says
 * @param layers what its endings say is around it, the outermost first
 * @param kind what its ending says it is; UNKNOWN if it says nothing
 * @param isLatest whether it is called the latest, and is a link or a copy then
 * @param isUnfinished whether such names are of files that are still being written, or never were finished
 */
record BackupName(
        FileName name,
        Layout layout,
        String database,
        Optional<WrittenTime> time,
        List<Layer> layers,
        Kind kind,
        boolean isLatest,
        boolean isUnfinished) {
    private static final Map<String, Layer> LAYERS = Map.ofEntries(
            Map.entry("gpg", Layer.OPENPGP),
            Map.entry("pgp", Layer.OPENPGP),
            Map.entry("asc", Layer.OPENPGP),
            Map.entry("age", Layer.AGE),
            Map.entry("gz", Layer.GZIP),
            Map.entry("zst", Layer.ZSTD),
            Map.entry("bz2", Layer.BZIP2),
            Map.entry("xz", Layer.XZ),
            Map.entry("lz4", Layer.LZ4));
    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("dump", Kind.CUSTOM),
            Map.entry("custom", Kind.CUSTOM),
            Map.entry("pgdump", Kind.CUSTOM),
            Map.entry("dmp", Kind.CUSTOM),
            Map.entry("backup", Kind.CUSTOM),
            Map.entry("sql", Kind.SQL),
            Map.entry("psql", Kind.SQL),
            Map.entry("tar", Kind.TAR),
            Map.entry("zip", Kind.ZIP));
    private static final Set<String> UNFINISHED =
            Set.of("tmp", "temp", "part", "partial", "inprogress", "incomplete", "crdownload", "swp", "filepart");
    private static final Set<String> ROTATED = Set.of("last", "daily", "weekly", "monthly");
    private static final Pattern LATEST = Pattern.compile("(?:(.*)[-_.])?latest");
    private static final Pattern SEPARATORS_AT_END = Pattern.compile("[-_. ]+$");
    private static final Pattern SEPARATORS_AT_START = Pattern.compile("^[-_. ]+");
    private static final Pattern NOT_OF_NAMES = Pattern.compile("^[^A-Za-z0-9]+|[^A-Za-z0-9._-]+");
    /** There may be something behind it, and names of parts have 63 letters at most. */
    private static final int MOST_TITLE = 55;

    private static final Pattern S3_TIME = Pattern.compile(".+_\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d");
    private static final Pattern USUAL_TIME = Pattern.compile(".+_\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d");

    BackupName {
        layers = List.copyOf(layers);
    }

    /**
     * @param zone of the clock that the tool named its files by
     */
    static BackupName of(FileName name, ZoneId zone) {
        String stem = name.last();
        List<Layer> layers = new ArrayList<>();
        Kind kind = Kind.UNKNOWN;
        boolean unfinished = stem.startsWith(".");
        for (String ending = ending(stem); !ending.isEmpty(); ending = ending(stem)) {
            Layer layer = LAYERS.get(ending);
            if (ending.equals("tgz")) {
                layers.add(Layer.GZIP);
                kind = Kind.TAR;
            } else if (layer != null) {
                layers.add(layer);
            } else if (UNFINISHED.contains(ending)) {
                unfinished = true;
            } else if (KINDS.containsKey(ending)) {
                kind = KINDS.getOrDefault(ending, Kind.UNKNOWN);
            } else {
                break;
            }
            stem = stem.substring(0, stem.length() - ending.length() - 1);
            if (kind != Kind.UNKNOWN) {
                break;
            }
        }
        return new Reading(name, stem, zone)
                .named(layers, kind, unfinished || name.last().endsWith("~"));
    }

    /** What it is a backup of, as a part may be called: what is before the time, or else the folder that it is in. */
    String title(ZoneId zone) {
        String title = database;
        String[] folders = name.text().split("/", -1);
        for (int i = folders.length - 2; title.isEmpty() && i >= 0; i--) {
            title = WrittenTime.whole(folders[i], zone).isPresent() ? "" : folders[i];
        }
        String plain = NOT_OF_NAMES.matcher(title).replaceAll("-");
        return plain.isEmpty() ? "files" : plain.substring(0, Math.min(plain.length(), MOST_TITLE));
    }

    private static String ending(String stem) {
        int dot = stem.lastIndexOf('.');
        return dot <= 0 ? "" : stem.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    /** A name without its endings. */
    private record Reading(FileName name, String stem, ZoneId zone) {
        BackupName named(List<Layer> layers, Kind kind, boolean unfinished) {
            var latest = LATEST.matcher(stem);
            if (latest.matches()) {
                String database = latest.group(1) == null ? "" : latest.group(1);
                return new BackupName(
                        name, layout(kind, layers), database, Optional.empty(), layers, kind, true, unfinished);
            }
            Optional<WrittenTime> time = time();
            Optional<WrittenTime> folder = time.isPresent() ? Optional.empty() : folderTime();
            String database = time.map(this::database).orElse(stem);
            return new BackupName(
                    name, layout(kind, layers), database, time.or(() -> folder), layers, kind, false, unfinished);
        }

        private Optional<WrittenTime> time() {
            return switch (folder(1)) {
                case "weekly" -> WrittenTime.last(stem, zone).or(() -> WrittenTime.week(stem, zone));
                case "monthly" -> WrittenTime.last(stem, zone).or(() -> WrittenTime.month(stem, zone));
                default -> WrittenTime.last(stem, zone);
            };
        }

        private Optional<WrittenTime> folderTime() {
            return WrittenTime.whole(folder(1), zone);
        }

        /** What is before the time; where the name begins with the time, what is after it. */
        private String database(WrittenTime time) {
            String before =
                    SEPARATORS_AT_END.matcher(stem.substring(0, time.begin())).replaceFirst("");
            return before.isEmpty()
                    ? SEPARATORS_AT_START.matcher(stem.substring(time.end())).replaceFirst("")
                    : before;
        }

        /** The folder that it is in, or the one above that. */
        private String folder(int up) {
            String[] segments = name.text().split("/", -1);
            int at = segments.length - 1 - up;
            return at < 0 ? "" : segments[at];
        }

        private Layout layout(Kind kind, List<Layer> layers) {
            if (ROTATED.contains(folder(1))) {
                return Layout.POSTGRES_BACKUP_LOCAL;
            }
            if (folder(2).equals("postgres") && folderTime().isPresent()) {
                return Layout.FOLDERS;
            }
            if (folder(1).equals("postgres") && folder(2).equals("backups")) {
                return Layout.BACKUPS;
            }
            boolean encryptedAtMost = layers.stream().allMatch(layer -> layer == Layer.OPENPGP);
            if (kind == Kind.CUSTOM && encryptedAtMost && S3_TIME.matcher(stem).matches()) {
                return Layout.POSTGRES_BACKUP_S3;
            }
            return USUAL_TIME.matcher(stem).matches() ? Layout.TIMESTAMP : Layout.PLAIN;
        }
    }
}
