package dev.holdfast.control.adopt;

import dev.holdfast.connectors.adopt.BackupHead;
import dev.holdfast.connectors.adopt.BackupHead.Kind;
import dev.holdfast.connectors.postgres.FolderDump;
import dev.holdfast.control.adopt.AdoptedBackup.Clock;
import dev.holdfast.control.adopt.AdoptedBackup.State;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Finding;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Tells which files of a place are backups. */
final class Recognition {
    private static final Pattern BESIDE = Pattern.compile(
            "(?i)(?:.*/)?(?:manifest\\.json|.*\\.manifest\\.json|\\.holdfast-metadata\\.ndjson|.*\\.(?:md5|sha1|sha256|sha512|sig|log|txt))");
    private static final Pattern LEDGER = Pattern.compile("(?:.*/)?\\.holdfast/.*");
    private static final Pattern TREE = Pattern.compile("((?:.*/)?minio/([^/]+)/)(.+)");
    /** The table of contents of a folder of {@code pg_dump -Fd}. */
    static final String CONTENTS = "toc.dat";

    private static final Duration CLOCK_ERROR = Duration.ofHours(1);

    private final String location;
    private final ZoneId zone;
    private final Set<FileName> own;
    private final Instant now;

    /**
     * @param location of the place
     * @param zone of the clock that the tool named its files by
     * @param own files that Holdfast's ledger names
     */
    Recognition(String location, ZoneId zone, Set<FileName> own, Instant now) {
        this.location = location;
        this.zone = zone;
        this.own = Set.copyOf(own);
        this.now = now;
    }

    /** Files as they may be one backup. */
    private record Group(BackupName name, PlacedFile first, int files, long bytes, Kind kind) {}

    /**
     * What there is before anybody looked into a file.
     *
     * @param files that may be backups
     * @param folders backups that are folders
     * @param contents their files, by the folder with its slash
     * @param others how many are none
     */
    private record Sorted(
            List<PlacedFile> files, List<Group> folders, Map<String, List<PlacedFile>> contents, int others) {}

    /**
     * @param all files of the place
     * @param look reads how a file begins; empty where nobody looks
     */
    AdoptedBackups recognise(List<PlacedFile> all, Function<List<PlacedFile>, Map<FileName, BackupHead>> look) {
        Sorted sorted = sort(all);
        List<PlacedFile> worth =
                sorted.files.stream().filter(file -> file.bytes() > 0).toList();
        Map<FileName, BackupHead> heads = look.apply(worth);
        List<Candidate> backups = new ArrayList<>();
        int others = sorted.others;
        for (PlacedFile file : sorted.files) {
            BackupName name = BackupName.of(file.name(), zone);
            Optional<BackupHead> head = Optional.ofNullable(heads.get(file.name()));
            if (isBackup(name, head)) {
                backups.add(backup(new Group(name, file, 1, file.bytes(), name.kind()), head));
            } else {
                others++;
            }
        }
        sorted.folders.forEach(folder -> backups.add(backup(folder, Optional.empty())));
        List<Finding> findings = new ArrayList<>();
        List<AdoptedBackup> apart = withoutCopies(backups);
        apart.forEach(backup -> backup.remarks()
                .forEach(remark -> findings.add(new Finding(backup.name().text(), remark))));
        return new AdoptedBackups(location, apart, others, findings);
    }

    private Sorted sort(List<PlacedFile> all) {
        Map<String, List<PlacedFile>> folders = new LinkedHashMap<>();
        Set<String> dumps = all.stream()
                .filter(file -> file.name().last().equals(CONTENTS))
                .map(file -> folder(file.name()))
                .collect(Collectors.toSet());
        List<PlacedFile> files = new ArrayList<>();
        int others = 0;
        for (PlacedFile file : all) {
            String text = file.name().text();
            Matcher tree = TREE.matcher(text);
            if (LEDGER.matcher(text).matches()) {
                continue;
            }
            if (tree.matches() && isTree(tree, file.name())) {
                folders.computeIfAbsent(tree.group(1), _ -> new ArrayList<>()).add(file);
            } else if (dumps.contains(folder(file.name())) && isOfDump(file.name())) {
                folders.computeIfAbsent(folder(file.name()), _ -> new ArrayList<>())
                        .add(file);
            } else if (BESIDE.matcher(text).matches()) {
                others++;
            } else {
                files.add(file);
            }
        }
        List<Group> groups = folders.entrySet().stream()
                .map(entry -> group(entry.getKey(), entry.getValue(), dumps.contains(entry.getKey())))
                .toList();
        return new Sorted(files, groups, folders, others);
    }

    /**
     * The files of backups that are folders, by the name of the backup.
     *
     * @param all files of the place
     */
    Map<FileName, List<PlacedFile>> folders(List<PlacedFile> all) {
        Map<FileName, List<PlacedFile>> found = new HashMap<>();
        sort(all).contents.forEach((folder, files) -> found.put(name(folder), files));
        return found;
    }

    private static FileName name(String folder) {
        return new FileName(folder.isEmpty() ? CONTENTS : folder.substring(0, folder.length() - 1));
    }

    private static String folder(FileName name) {
        return name.text().substring(0, name.text().length() - name.last().length());
    }

    /** An archive of a bucket is a backup by itself. */
    private boolean isTree(Matcher tree, FileName name) {
        boolean archive = !tree.group(3).contains("/")
                && Set.of(Kind.TAR, Kind.ZIP).contains(BackupName.of(name, zone).kind());
        return !archive && WrittenTime.whole(tree.group(2), zone).isPresent();
    }

    /** Others may lie in the folder too, and be backups of their own. */
    private static boolean isOfDump(FileName name) {
        return FolderDump.isName(name.last()) || BESIDE.matcher(name.text()).matches();
    }

    private Group group(String folder, List<PlacedFile> files, boolean dump) {
        FileName name = name(folder);
        long bytes = files.stream().mapToLong(PlacedFile::bytes).sum();
        Instant modified = files.stream()
                .map(PlacedFile::modified)
                .max(Comparator.naturalOrder())
                .orElse(now);
        BackupName read = BackupName.of(name, zone);
        return new Group(
                read, new PlacedFile(name, bytes, modified), files.size(), bytes, dump ? Kind.DUMP_FOLDER : Kind.TREE);
    }

    /** What begins like a dump is one under any name; and what is called a dump and is none is worth a word. */
    private static boolean isBackup(BackupName name, Optional<BackupHead> head) {
        boolean named = name.kind() != Kind.UNKNOWN;
        boolean locked = name.time().isPresent()
                && head.filter(seen -> seen.kind() == Kind.LOCKED).isPresent();
        return named || locked || head.filter(seen -> seen.kind().isDatabase()).isPresent();
    }

    private Candidate backup(Group group, Optional<BackupHead> head) {
        BackupName name = group.name();
        List<String> remarks = new ArrayList<>();
        boolean locked = head.filter(seen -> seen.kind() == Kind.LOCKED).isPresent();
        Kind kind = kind(group, head);
        Optional<String> said = head.flatMap(BackupHead::database);
        Optional<String> called = Optional.of(name.database()).filter(text -> !text.isEmpty());
        boolean mayNameOne = kind != Kind.CLUSTER && kind != Kind.TAR && kind != Kind.ZIP && kind != Kind.TREE;
        Optional<String> database = said.or(() -> mayNameOne ? called : Optional.empty());
        if (said.isPresent() && called.isPresent() && !said.equals(called)) {
            remarks.add("its name says database '" + called.get() + "', and what is in it says '" + said.get()
                    + "', which is believed");
        }
        Dated dated = dated(name, group.first().modified(), head);
        if (dated.time.isAfter(now.plus(CLOCK_ERROR))) {
            remarks.add("it is dated " + dated.time + ", and it is only " + now
                    + "; is the zone right that its name is read in?");
        }
        String why = unusable(group, kind, head);
        State state = why.isEmpty()
                ? head.isPresent() ? State.UNPROVEN : State.UNSEEN
                : locked && group.bytes() > 0 ? State.LOCKED : State.UNUSABLE;
        AdoptedBackup backup = new AdoptedBackup(
                AdoptedBackup.id(location, name.name(), group.bytes()),
                name.name(),
                group.files(),
                List.of(),
                group.bytes(),
                dated.time,
                dated.clock,
                database,
                layout(group),
                kind,
                head.map(BackupHead::layers).orElse(name.layers()),
                state,
                why,
                remarks);
        return new Candidate(backup, group.first().modified(), name.isLatest(), name.time());
    }

    private Layout layout(Group group) {
        if (own.contains(group.name().name())) {
            return Layout.HOLDFAST;
        }
        return group.kind() == Kind.TREE ? Layout.FOLDERS : group.name().layout();
    }

    /** What the content says, or else the name. */
    private static Kind kind(Group group, Optional<BackupHead> head) {
        Kind seen = head.map(BackupHead::kind).orElse(group.kind());
        boolean sql = seen == Kind.TEXT && group.kind() == Kind.SQL;
        return seen == Kind.LOCKED || sql ? group.kind() : seen;
    }

    private static String unusable(Group group, Kind kind, Optional<BackupHead> head) {
        if (group.bytes() == 0) {
            return "it has 0 bytes";
        }
        if (group.name().isUnfinished()) {
            return "it has the name of a file that was not finished";
        }
        if (kind == Kind.TEXT) {
            return "it is no dump: nothing in it says that pg_dump wrote it";
        }
        return head.flatMap(BackupHead::obstacle).orElse("");
    }

    private record Dated(Instant time, Clock clock) {}

    /** A name that says only the day, or the week, leaves the hour to the file, where that lies within. */
    private Dated dated(BackupName name, Instant modified, Optional<BackupHead> head) {
        Optional<Instant> made =
                head.flatMap(BackupHead::made).map(local -> local.atZone(zone).toInstant());
        if (name.time().isEmpty()) {
            return made.map(moment -> new Dated(moment, Clock.CONTENT)).orElse(new Dated(modified, Clock.MODIFIED));
        }
        WrittenTime time = name.time().get();
        if (time.isExact()) {
            return new Dated(time.from(), Clock.NAME);
        }
        Instant within = made.filter(time::covers)
                .or(() -> Optional.of(modified).filter(time::covers))
                .orElse(time.from());
        return new Dated(within, Clock.NAME);
    }

    /** A backup, and what tells whether another is the same. */
    private record Candidate(AdoptedBackup backup, Instant modified, boolean isLatest, Optional<WrittenTime> time) {
        Object content() {
            return List.of(backup.bytes(), backup.database(), backup.kind(), backup.layers());
        }

        /** Hard links have one length and one time. What has nothing in it is never the same as something else. */
        Object file() {
            return backup.bytes() == 0 ? backup.name() : List.of(content(), modified);
        }

        /** Files that were copied may all have one time; names that mean two moments are of two backups all the same. */
        boolean mayBe(Candidate other) {
            if (isLatest || other.isLatest) {
                return true;
            }
            return time.isPresent() && other.time.isPresent() && time.get().overlaps(other.time.get());
        }
    }

    /** Links and copies are one backup. A copy in a bucket has a time of its own; that of the latest says what it is. */
    private static List<AdoptedBackup> withoutCopies(List<Candidate> all) {
        Map<Object, List<Candidate>> alike = new LinkedHashMap<>();
        all.forEach(
                one -> alike.computeIfAbsent(one.file(), _ -> new ArrayList<>()).add(one));
        List<Candidate> apart =
                alike.values().stream().flatMap(some -> merged(some).stream()).toList();
        Map<Object, Candidate> originals = new HashMap<>();
        apart.stream()
                .filter(one -> !one.isLatest)
                .sorted(Comparator.comparing(one -> one.backup.time()))
                .forEach(one -> originals.put(one.content(), one));
        Map<Object, List<Candidate>> copies = new HashMap<>();
        List<Candidate> kept = new ArrayList<>();
        for (Candidate one : apart) {
            Candidate original = one.isLatest ? originals.get(one.content()) : null;
            if (original == null) {
                kept.add(one);
            } else {
                copies.computeIfAbsent(original.backup.name(), _ -> new ArrayList<>())
                        .add(one);
            }
        }
        return kept.stream()
                .map(one -> with(one.backup, copies.getOrDefault(one.backup.name(), List.of())))
                .toList();
    }

    private static List<Candidate> merged(List<Candidate> alike) {
        List<List<Candidate>> apart = new ArrayList<>();
        alike.stream()
                .sorted(Comparator.comparing(Candidate::isLatest)
                        .thenComparing(
                                one -> !one.time.map(WrittenTime::isExact).orElse(false))
                        .thenComparing(one -> one.backup.name()))
                .forEach(one -> apart.stream()
                        .filter(same -> same.getFirst().mayBe(one))
                        .findFirst()
                        .ifPresentOrElse(same -> same.add(one), () -> apart.add(new ArrayList<>(List.of(one)))));
        return apart.stream().map(Recognition::joined).toList();
    }

    private static Candidate joined(List<Candidate> same) {
        Candidate first = same.getFirst();
        return new Candidate(
                with(first.backup, same.subList(1, same.size())), first.modified, first.isLatest, first.time);
    }

    private static AdoptedBackup with(AdoptedBackup backup, List<Candidate> copies) {
        List<FileName> also = new ArrayList<>(backup.also());
        for (Candidate copy : copies) {
            also.add(copy.backup.name());
            also.addAll(copy.backup.also());
        }
        return backup.with(also.stream().sorted().toList());
    }
}
