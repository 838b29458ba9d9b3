package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.stand.LocalS3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A stack with two snapshots, and an export to a folder, a bucket and another server, each on a small disk of its own, the last two
 * behind a wire. The older snapshot is in all of them.
 */
final class ThreePlaces implements AutoCloseable {
    static final String FOLDER = "folder";
    static final String CLOUD = "cloud";
    static final String NAS = "nas";
    private static final List<String> ALL = List.of(FOLDER, CLOUD, NAS);
    private static final String ROOMY = "96m";
    private static final String USUAL_PATIENCE = "30m";
    private static final int SMALL = 2_000_000;
    private static final int LARGE = 12_000_000;

    private final Stack stack;
    private final LocalS3 s3;
    private final Bucket bucket;
    private final Sshd sshd;
    private final Wire toCloud;
    private final Wire toNas;
    private final Map<String, SmallDisk> disks = new TreeMap<>();
    private final String newest;

    ThreePlaces(Stands stands) throws Exception {
        stack = Stack.on(stands, "places");
        try {
            ALL.forEach(name -> disks.put(name, stack.closing(SmallDisk.mounted(at(name), ROOMY))));
            stack.prefix().addAll(disk(FOLDER).prefix());
            s3 = stack.closing(LocalS3.in(at(CLOUD)));
            toCloud = stack.closing(Wire.to(s3.port()));
            bucket = new Bucket(new S3Place(s3.endpoint(), s3.accessKey(), s3.secretKey(), false), "exports");
            sshd = stack.closing(
                    Sshd.in(stack.folder().resolve("sshd"), disk(NAS).prefix()));
            toNas = stack.closing(sshd.wire());
            stack.database().fill(100);
            stack.uploads().write("film", 1, SMALL);
            describe(USUAL_PATIENCE, s3.secretKey(), sshd.key());
            stack.init();
            stack.backup();
            stack.run("export", "--to-places").succeeded();
            stack.uploads().write("film", 2, LARGE);
            stack.backup();
            newest = stack.snapshots().getLast();
        } catch (Exception | AssertionError e) {
            stack.close();
            throw e;
        }
    }

    private Path at(String place) {
        return stack.folder().resolve("disk-" + place);
    }

    /** Where its files are, in a folder of the disk that is there only while it is mounted. */
    private Path files(String place) {
        return at(place).resolve("kept");
    }

    SmallDisk disk(String place) {
        SmallDisk disk = disks.get(place);
        if (disk == null) {
            throw new AssertionError("no place '" + place + "'");
        }
        return disk;
    }

    void roomy(String place) {
        disk(place).resize(ROOMY);
    }

    LocalS3 s3() {
        return s3;
    }

    Sshd sshd() {
        return sshd;
    }

    Wire toCloud() {
        return toCloud;
    }

    Wire toNas() {
        return toNas;
    }

    // -- the stack file

    void usual() {
        describe(USUAL_PATIENCE, s3.secretKey(), sshd.key());
    }

    void impatient() {
        describe("4s", s3.secretKey(), sshd.key());
    }

    void wrongSecret() {
        describe(USUAL_PATIENCE, s3.secretKey() + "x", sshd.key());
    }

    void wrongKey() {
        describe(USUAL_PATIENCE, s3.secretKey(), sshd.strangersKey());
    }

    private void describe(String patience, String secret, Path key) {
        stack.describe(List.of(stack.databaseSource(), stack.folderSource()), List.of(stack.diskDestination()));
        S3Place cloud = new S3Place(toCloud.endpoint(), s3.accessKey(), secret, false);
        try {
            Files.writeString(
                    stack.home().resolve("holdfast.yaml"),
                    """
                    exports:
                      nightly:
                        format: {files: tar}
                        name: '{part}_{id}.{ext}'
                        checksums: [sha256]
                        patience: %s
                        places:
                          %s
                          cloud: {s3: {%s, part-size: 5MiB}}
                          %s
                    """.formatted(
                                    patience,
                                    Stack.local(FOLDER, files(FOLDER)),
                                    cloud.keys(bucket.name()),
                                    sshd.destination(NAS, files(NAS), toNas.port(), key)),
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // -- what is done

    Outcome export() {
        return stack.run("export", "--to-places");
    }

    Outcome look() {
        return stack.run("exports");
    }

    /** Takes the newest export away, in all places, as whoever never had it. */
    void forgetNewest() {
        for (String place : ALL) {
            for (String name : list(place)) {
                if (name.contains(newest)
                        || (name.startsWith(".holdfast/") && text(place, name).contains(newest))) {
                    remove(place, name);
                }
            }
        }
    }

    // -- what is there, seen with ordinary tools

    /** The files with contents of the newest snapshot and of the one before it, with their digests. */
    Map<String, String> contents(String place) {
        Map<String, String> found = new TreeMap<>();
        if (place.equals(CLOUD)) {
            bucket.fingerprint().forEach((name, facts) -> found.put(name, facts.split(" ")[0]));
        } else {
            inside(place, "find . -type f -name '[^.]*' -exec sha256sum {} +")
                    .lines()
                    .forEach(line -> found.put(line.substring(68), line.substring(0, 64)));
        }
        found.keySet().removeIf(name -> !name.endsWith(".dump") && !name.endsWith(".tar"));
        return found;
    }

    boolean hasNewest(String place) {
        return contents(place).keySet().stream()
                        .filter(name -> name.contains(newest))
                        .count()
                == 2;
    }

    /** All names but those of files that are not finished. */
    Set<String> names(String place) {
        return list(place).stream()
                .filter(name -> !name.startsWith(".holdfast"))
                .collect(Collectors.toSet());
    }

    /** Files that nobody would take for an export. */
    List<String> unfinished(String place) {
        return list(place).stream().filter(name -> name.endsWith(".part")).toList();
    }

    List<String> others(String place) {
        return ALL.stream().filter(other -> !other.equals(place)).toList();
    }

    private List<String> list(String place) {
        if (place.equals(CLOUD)) {
            return bucket.keys();
        }
        return Arrays.stream(
                        inside(place, "find . -type f -printf '%P\\n' | sort").split("\n"))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private String text(String place, String name) {
        return place.equals(CLOUD)
                ? new String(bucket.find(name).orElseThrow(), StandardCharsets.UTF_8)
                : inside(place, "cat '" + name + "'");
    }

    private void remove(String place, String name) {
        if (place.equals(CLOUD)) {
            bucket.delete(name);
        } else {
            inside(place, "rm '" + name + "'");
        }
    }

    private String inside(String place, String script) {
        List<String> command = new ArrayList<>(disk(place).prefix());
        command.addAll(List.of("sh", "-c", "cd '" + files(place) + "' && " + script));
        return Shell.run(command.toArray(String[]::new));
    }

    /** The database of the newest export, restored by pg_restore, is what the snapshot holds. */
    void restoresEqual() {
        Database copy = stack.database().beside("-copy");
        copy.server().createDatabase(copy.name());
        inside(
                NAS,
                "'" + copy.server().binFolder() + "/pg_restore' -e -d '"
                        + copy.server().url(copy.name()) + "' database_" + newest + ".dump");
        Outcome compared = stack.json("compare", "latest", "--part", "database", "--with", "database=" + copy.name())
                .succeeded();
        assertThat(compared.json().path("equal").asBoolean())
                .as(compared.toString())
                .isTrue();
    }

    @Override
    public void close() throws Exception {
        s3.start();
        stack.close();
    }
}
