package dev.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.MainAt;
import dev.holdfast.demo.stand.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A stack of one test: a database, a bucket and a folder (each there once it is filled), two places for a repository, a stack
 * file, a home folder, and the real launcher. Closing it removes everything.
 */
final class Stack implements AutoCloseable {
    private static final String OPTIONS = "HOLDFAST_OPTS";

    static final String PASSPHRASE = "correct horse battery staple";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Stands stands;
    private final S3Place s3;
    private final Path folder;
    private final Database database;
    private final Bucket bucket;
    private final Bucket remote;
    private final Folder uploads;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> prefix = new ArrayList<>();
    private final List<AutoCloseable> more = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger runs = new AtomicInteger();

    private Stack(Stands stands, S3Place s3, String name) {
        this.stands = stands;
        this.s3 = s3;
        String unique = name + "-" + NUMBER.incrementAndGet() + "-"
                + Long.toString(System.nanoTime(), 36).toLowerCase(Locale.ROOT);
        try {
            this.folder = Files.createDirectories(stands.folder().resolve(unique));
            Files.createDirectories(home());
            Files.createDirectories(spool());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.database = new Database(stands.postgres(), unique);
        this.bucket = new Bucket(s3, unique + "-media");
        this.remote = new Bucket(s3, unique + "-backup");
        this.uploads = new Folder(folder.resolve("uploads"));
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", home().toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("HOLDFAST_JAVA", System.getProperty("java.home"));
        environment.put("HOLDFAST_SPOOL", spool().toString());
        environment.put("HOLDFAST_PASSPHRASE", PASSPHRASE);
        // a command ends before the compiler of fast code has paid off, which takes a fifth of all the time of these
        // tests
        environment.put(OPTIONS, "-XX:TieredStopAtLevel=1");
    }

    static Stack on(Stands stands, String name) {
        return new Stack(stands, stands.s3(), name);
    }

    static Stack on(Stands stands, S3Place s3, String name) {
        return new Stack(stands, s3, name);
    }

    Path folder() {
        return folder;
    }

    /** The folder in which commands run, with the stack file. */
    Path home() {
        return folder.resolve("home");
    }

    Path spool() {
        return folder.resolve("spool");
    }

    S3Place s3() {
        return s3;
    }

    Database database() {
        return database;
    }

    Bucket bucket() {
        return bucket;
    }

    Folder uploads() {
        return uploads;
    }

    /** The bucket of the destination {@code offsite}. */
    Bucket remote() {
        return remote;
    }

    /** The folder of the destination {@code disk}. */
    Path disk() {
        return folder.resolve("disk");
    }

    /** What commands find in their environment; may be changed. */
    Map<String, String> environment() {
        return environment;
    }

    /** For tests of how long something takes, or how much: with the launcher's own options and no others. */
    Stack asShipped() {
        environment.remove(OPTIONS);
        return this;
    }

    /** What stands before the launcher on the command line, to change whom or what it runs as; may be changed. */
    List<String> prefix() {
        return prefix;
    }

    /** Has something closed with this stack, before its files are removed. */
    <T extends AutoCloseable> T closing(T closeable) {
        more.add(closeable);
        return closeable;
    }

    String databaseSource() {
        return databaseSource(database.server().url(database.name()));
    }

    static String databaseSource(String url) {
        return "database: {postgres: {url: '" + url + "', connections: 2}}";
    }

    String bucketSource() {
        return bucketSource(s3);
    }

    String bucketSource(S3Place place) {
        return "media: {bucket: {" + place.keys(bucket.name()) + "}}";
    }

    String folderSource() {
        return "uploads: {directory: {path: '" + uploads.root() + "'}}";
    }

    String diskDestination() {
        return local("disk", disk());
    }

    static String local(String name, Path path) {
        return name + ": {local: {path: '" + path + "'}}";
    }

    String s3Destination() {
        return s3Destination(s3);
    }

    String s3Destination(S3Place place) {
        return "offsite: {s3: {" + place.keys(remote.name()) + "}}";
    }

    /** Writes the stack file. */
    Stack describe(List<String> sources, List<String> destinations) {
        return describe("""
                stack: shop
                sources:
                %s
                repository:
                  pack-size: 4MiB
                  destinations:
                %s
                """.formatted(lines("  ", sources), lines("    ", destinations)));
    }

    Stack describe(String yaml) {
        try {
            Files.writeString(home().resolve("holdfast.yaml"), yaml);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String lines(String indent, List<String> lines) {
        return lines.stream().map(indent::concat).collect(Collectors.joining("\n"));
    }

    /**
     * Makes the repository. From now on the recovery code opens it, which takes less time than the passphrase: tests that
     * are about the passphrase set the environment themselves.
     */
    Stack init() {
        String code = json("init").succeeded().text("recoveryCode");
        environment.put("HOLDFAST_RECOVERY_CODE", code);
        return this;
    }

    /** The command with {@code --json}. */
    Outcome json(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.add("--json");
        return run(all.toArray(String[]::new));
    }

    Outcome run(String... arguments) {
        try (Running running = start(arguments)) {
            return running.outcome();
        }
    }

    Running start(String... arguments) {
        return start(home(), environment, arguments);
    }

    /** Runs with an environment and in a folder of its own. */
    Running start(Path in, Map<String, String> variables, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        // whoever runs the tests in the background has it ignored, and everything that is started inherits that
        command.addAll(List.of("env", "--default-signal=INT"));
        command.add(stands.launcher().toString());
        command.addAll(List.of(arguments));
        return started("holdfast " + String.join(" ", arguments), command, in, variables);
    }

    /** Runs another program as if it were the launcher. */
    Outcome other(List<String> command) {
        try (Running running = startOther(environment, command)) {
            return running.outcome();
        }
    }

    Running startOther(Map<String, String> variables, List<String> command) {
        return started(String.join(" ", command), command, home(), variables);
    }

    /**
     * A command that runs the classes of the distribution with a clock that is off.
     *
     * @param clock how far, or a file that says so, as {@link MainAt} takes it
     */
    List<String> atAnotherTime(String clock, String... arguments) {
        Path lib = stands.launcher().getParent().resolveSibling("lib");
        String tests =
                MainAt.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                lib + "/*:" + tests,
                MainAt.class.getName(),
                clock));
        command.addAll(List.of(arguments));
        return command;
    }

    private Running started(String shown, List<String> command, Path in, Map<String, String> variables) {
        int number = runs.incrementAndGet();
        Path out = folder.resolve("run-" + number + ".out");
        Path err = folder.resolve("run-" + number + ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(variables);
        try {
            return new Running(shown, builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A backup that leaves nothing to be desired. */
    Outcome backup() {
        Outcome backup = json("backup").succeeded();
        assertThat(backup.json().path("findings").isEmpty())
                .as(backup.toString())
                .isTrue();
        backup.json()
                .path("destinations")
                .forEach(destination -> assertThat(destination.path("state").asString())
                        .as(backup.toString())
                        .isEqualTo("complete"));
        return backup;
    }

    /** The ids of all snapshots, in order. */
    List<String> snapshots() {
        Outcome listed = json("snapshots").succeeded();
        return listed.texts("snapshots", "id");
    }

    /** All files of the destination {@code disk}, leases and unfinished ones too. */
    List<String> repositoryFiles() {
        return Arrays.asList(Shell.run("sh", "-c", "cd \"$1\" && find . -type f | sort", "sh", disk().toString())
                .split("\n"));
    }

    /** Everything is equal to the snapshot, and that is not because nothing was compared. */
    Outcome equal(String... arguments) {
        List<String> all = new ArrayList<>(List.of("compare"));
        all.addAll(List.of(arguments));
        Outcome compared = json(all.toArray(String[]::new)).succeeded();
        assertThat(compared.json().path("equal").asBoolean())
                .as(compared.toString())
                .isTrue();
        assertThat(compared.json().path("parts").size()).as(compared.toString()).isPositive();
        compared.json()
                .path("parts")
                .forEach(part -> assertThat(part.path("compared").asLong())
                        .as(compared.toString())
                        .isPositive());
        return compared;
    }

    /** Every byte of the repository is what it should be. */
    Outcome sound() {
        Outcome checked = json("check", "--read-data").succeeded();
        assertThat(checked.json().path("problems").isEmpty())
                .as(checked.toString())
                .isTrue();
        assertThat(checked.number("chunks")).as(checked.toString()).isPositive();
        return checked;
    }

    /** Removes database, bucket and folder, and makes sure that they are gone. */
    void loseSources() {
        database.destroy();
        bucket.destroy();
        uploads.destroy();
        assertThat(database.exists()).isFalse();
        assertThat(bucket.exists()).isFalse();
        assertThat(uploads.exists()).isFalse();
    }

    @Override
    public void close() throws Exception {
        Exception failure = null;
        for (AutoCloseable closeable : more.reversed()) {
            failure = closed(closeable, failure);
        }
        failure = closed(database::destroy, failure);
        failure = closed(() -> database.beside("-copy").destroy(), failure);
        failure = closed(bucket::destroy, failure);
        failure = closed(() -> bucket.beside("-copy").destroy(), failure);
        failure = closed(remote::destroy, failure);
        failure = closed(() -> Scratch.delete(folder), failure);
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable Exception closed(AutoCloseable closeable, @Nullable Exception before) {
        try {
            closeable.close();
            return before;
        } catch (Exception e) {
            return before == null ? e : before;
        }
    }
}
