package dev.holdfast.demo;

import dev.holdfast.demo.shop.Holding;
import dev.holdfast.demo.shop.Inventory;
import dev.holdfast.demo.shop.Parallel;
import dev.holdfast.demo.shop.ShopBucket;
import dev.holdfast.demo.shop.ShopDatabase;
import dev.holdfast.demo.shop.ShopDirectory;
import dev.holdfast.demo.stand.LocalS3;
import dev.holdfast.demo.stand.PrivatePostgres;
import dev.holdfast.demo.stand.Scratch;
import dev.holdfast.demo.stand.ServerBinaries;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The demo itself, step by step; closing it stops the servers and removes what it made, unless that is kept. */
final class Demo implements AutoCloseable {
    private static final long NEEDED_BYTES = 1_500_000_000L;
    private static final int DIFFERENCES_SHOWN = 20;

    private final DemoOptions options;
    private final PrintStream out;
    private final long began;
    private final Scratch scratch;
    private final PrivatePostgres postgres;
    private final LocalS3 s3;
    private final ShopDatabase database;
    private final ShopBucket bucket;
    private final ShopDirectory directory;
    private final Map<String, String> environment;
    private final Path launcher;
    private final Holdfast holdfast;
    private boolean closed;

    private Demo(
            DemoOptions options,
            PrintStream out,
            long began,
            Scratch scratch,
            PrivatePostgres postgres,
            LocalS3 s3,
            Path launcher) {
        this.options = options;
        this.began = began;
        this.out = out;
        this.scratch = scratch;
        this.postgres = postgres;
        this.s3 = s3;
        this.database = new ShopDatabase(postgres, options.size());
        this.bucket = new ShopBucket(s3, options.size());
        this.directory = new ShopDirectory(scratch.folder().resolve("uploads"), options.size());
        byte[] passphrase = new byte[12];
        new SecureRandom().nextBytes(passphrase);
        this.environment =
                StackFile.environment(postgres, s3, HexFormat.ofDelimiter("-").formatHex(passphrase));
        this.launcher = launcher;
        this.holdfast = new Holdfast(launcher, scratch.folder(), environment, out);
    }

    /** Finds the tools and starts the servers. */
    static Demo prepare(DemoOptions options, Path launcher, PrintStream out) {
        long began = System.nanoTime();
        Optional<ServerBinaries> installed = Tools.provide(out);
        Scratch scratch = Scratch.createIn(options.folder(), "holdfast-demo-");
        try {
            requireSpace(scratch.folder());
            LocalS3 s3 = LocalS3.in(scratch.folder().resolve("s3"));
            try {
                PrivatePostgres postgres = startPostgres(options, scratch.folder(), installed);
                out.printf(
                        "PostgreSQL %d on 127.0.0.1:%d and S3 on 127.0.0.1:%d, in %s (%s)%n",
                        postgres.major(),
                        postgres.port(),
                        s3.port(),
                        scratch.folder(),
                        Text.seconds(Duration.ofNanos(System.nanoTime() - began)));
                return new Demo(options, out, began, scratch, postgres, s3, launcher);
            } catch (RuntimeException e) {
                s3.close();
                throw e;
            }
        } catch (RuntimeException e) {
            scratch.close();
            throw e instanceof StepFailed failed
                    ? failed
                    : new StepFailed(DemoStep.SERVERS, String.valueOf(e.getMessage()), e);
        }
    }

    private static PrivatePostgres startPostgres(DemoOptions options, Path folder, Optional<ServerBinaries> installed) {
        PrivatePostgres.Builder server = PrivatePostgres.in(folder.resolve("postgres"))
                .binaries(installed.orElseGet(() -> ServerBinaries.embedded(folder.resolve("postgres-programs"))))
                .setting("shared_buffers", "96MB")
                .setting("max_wal_size", "2GB")
                .forgetful();
        return (options.keep() ? server.keepFiles() : server.removeWhenOrphaned(folder)).start();
    }

    private static void requireSpace(Path folder) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < NEEDED_BYTES) {
                throw new StepFailed(
                        DemoStep.SERVERS,
                        "'%s' has %s free, and the demo needs %s%nHINT: choose another folder with --folder"
                                .formatted(folder, Text.bytes(free), Text.bytes(NEEDED_BYTES)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything, from the first row to the verdict. */
    void run() {
        fill();
        initialise();
        Answer first = backup(DemoStep.FIRST_BACKUP);
        showFirst(first);
        change();
        Answer second = backup(DemoStep.SECOND_BACKUP);
        showSecond(first, second);
        Map<String, Inventory> before = timed(DemoStep.LOSS, this::inventories).value();
        lose(before);
        Answer restored = restore();
        Answer compared = compare();
        Timed<Map<String, Inventory>> after = timed(DemoStep.VERIFY, this::inventories);
        Map<String, List<String>> differences = differences(before, after.value());
        verdict(before, restored, compared, differences, first, second, after.took());
    }

    private void fill() {
        Timed<List<Holding>> filled = timed(DemoStep.FILL, () -> {
            Parallel.run(3, List.of(database::fill, bucket::fill, directory::fill));
            return List.of(database.holding(), bucket.holding(), directory.holding());
        });
        out.printf("filled the shop in %s%n%n", Text.seconds(filled.took()));
        Table table = new Table("", "holds", "size");
        for (int i = 0; i < filled.value().size(); i++) {
            Holding holding = filled.value().get(i);
            String part = StackFile.PARTS.get(i);
            table.row(part, holds(part, holding), Text.bytes(holding.bytes()));
        }
        out.println(table);
    }

    private void initialise() {
        StackFile.write(scratch.folder(), postgres, s3);
        out.printf(
                "wrote %s: three sources, two destinations (a folder, a bucket)%n%n",
                scratch.folder().resolve("holdfast.yaml"));
        Answer answer = holdfast.run(DemoStep.INIT, "init");
        if (answer.has("recoveryCode")) {
            Path file = scratch.folder().resolve("recovery-code.txt");
            StackFile.create(file, answer.text("recoveryCode") + "\n");
            out.printf(
                    "  recovery code (opens the repository when the passphrase is lost): %s%n  saved in %s%n",
                    answer.text("recoveryCode"), file);
        }
        out.println();
    }

    private Answer backup(DemoStep step) {
        Answer answer = holdfast.run(step, "backup");
        Proof.captured(answer);
        return answer;
    }

    private void showFirst(Answer backup) {
        out.printf(
                "  snapshot %s in %s: read %s, stored %s in each of 2 destinations, %s of memory at most%n%n",
                backup.text("snapshot"),
                Text.seconds(backup.decimal("seconds")),
                Text.bytes(backup.number("readBytes")),
                Text.bytes(backup.number("storedBytes")),
                Text.bytes(backup.number("peakResidentBytes")));
    }

    private void change() {
        timed(DemoStep.CHANGE, () -> {
            out.printf(
                    "a day passes: %s rows, %s objects and %s files are added, changed or deleted%n%n",
                    Text.count(database.change()), bucket.change(), directory.change());
            return true;
        });
    }

    private void showSecond(Answer first, Answer second) {
        out.printf(
                "  snapshot %s in %s, %s of memory at most; what it cost:%n%n",
                second.text("snapshot"),
                Text.seconds(second.decimal("seconds")),
                Text.bytes(second.number("peakResidentBytes")));
        Table table = new Table("", "first: read", "stored", "second: read", "stored", "of the first");
        for (String part : StackFile.PARTS) {
            Answer one = first.named("parts", part);
            Answer two = second.named("parts", part);
            table.row(
                    part,
                    Text.bytes(one.number("readBytes")),
                    Text.bytes(one.number("storedBytes")),
                    Text.bytes(two.number("readBytes")),
                    Text.bytes(two.number("storedBytes")),
                    Text.percent(two.number("storedBytes"), one.number("storedBytes")));
        }
        table.row(
                "together",
                Text.bytes(first.number("readBytes")),
                Text.bytes(first.number("storedBytes")),
                Text.bytes(second.number("readBytes")),
                Text.bytes(second.number("storedBytes")),
                Text.percent(second.number("storedBytes"), first.number("storedBytes")));
        out.println(table);
    }

    private void lose(Map<String, Inventory> before) {
        timed(DemoStep.LOSS, () -> {
            database.destroy();
            bucket.destroy();
            directory.destroy();
            if (database.exists() || bucket.exists() || directory.exists()) {
                throw new StepFailed(DemoStep.LOSS, "the shop is still there: nothing would be shown by restoring it");
            }
            return true;
        });
        out.println(
                "disaster: the database is dropped with its role, the bucket emptied and removed, the folder deleted");
        before.forEach((part, inventory) -> out.printf("  gone: %s, %s%n", part, holds(part, inventory.holding())));
        out.println();
    }

    private Answer restore() {
        Answer answer = holdfast.run(DemoStep.RESTORE, "restore", "latest");
        Proof.restored(answer);
        out.printf("  everything restored in %s%n%n", Text.seconds(answer.decimal("seconds")));
        return answer;
    }

    private Answer compare() {
        Answer answer = holdfast.run(DemoStep.COMPARE, "compare", "latest");
        Proof.equal(answer);
        out.println("  the restored shop equals the snapshot");
        out.println();
        return answer;
    }

    private Map<String, Inventory> inventories() {
        Map<String, Inventory> found = new ConcurrentHashMap<>();
        List<Runnable> looks = List.of(
                () -> found.put(StackFile.DATABASE, database.inventory()),
                () -> found.put(StackFile.BUCKET, bucket.inventory()),
                () -> found.put(StackFile.DIRECTORY, directory.inventory()));
        Parallel.run(looks.size(), looks);
        Map<String, Inventory> ordered = new LinkedHashMap<>();
        StackFile.PARTS.forEach(part -> ordered.put(part, Objects.requireNonNull(found.get(part))));
        return ordered;
    }

    private static Map<String, List<String>> differences(Map<String, Inventory> before, Map<String, Inventory> after) {
        Map<String, List<String>> differences = new LinkedHashMap<>();
        before.forEach((part, inventory) ->
                differences.put(part, inventory.differences(Objects.requireNonNull(after.get(part)))));
        return differences;
    }

    private void verdict(
            Map<String, Inventory> before,
            Answer restored,
            Answer compared,
            Map<String, List<String>> differences,
            Answer first,
            Answer second,
            Duration look) {
        Table table = new Table("", "lost", "size", "restored in", "compared equal", "our own check");
        before.forEach((part, inventory) -> {
            Answer comparison = compared.named("parts", part);
            List<String> found = Objects.requireNonNull(differences.get(part));
            table.row(
                    part,
                    holds(part, inventory.holding()),
                    Text.bytes(inventory.holding().bytes()),
                    Text.seconds(restored.named("parts", part).decimal("seconds")),
                    "all " + Text.count(comparison.number("compared")),
                    found.isEmpty()
                            ? "all %s the same"
                                    .formatted(Text.count(inventory.entries().size()))
                            : Text.count(found.size()) + " DIFFER");
        });
        out.println(table);
        List<String> all = new ArrayList<>();
        differences.forEach((part, found) -> found.forEach(one -> all.add("  " + part + ": " + one)));
        if (!all.isEmpty()) {
            throw new StepFailed(
                    DemoStep.VERIFY,
                    "%s between the shop before the loss and after the restore:%n%s%s"
                            .formatted(
                                    all.size() == 1 ? "one difference" : Text.count(all.size()) + " differences",
                                    String.join("\n", all.subList(0, Math.min(all.size(), DIFFERENCES_SHOWN))),
                                    all.size() > DIFFERENCES_SHOWN ? "\n  ..." : ""));
        }
        out.printf(
                "Everything matched. Backup %s, second backup %s, restore %s, our own check %s; the backups used %s of"
                        + " memory at most; %s for all of it.%n",
                Text.seconds(first.decimal("seconds")),
                Text.seconds(second.decimal("seconds")),
                Text.seconds(restored.decimal("seconds")),
                Text.seconds(look),
                Text.bytes(Math.max(first.number("peakResidentBytes"), second.number("peakResidentBytes"))),
                Text.seconds(Duration.ofNanos(System.nanoTime() - began)));
    }

    /** Says how to reach what was kept. */
    void explain() {
        Path file = scratch.folder().resolve("environment.sh");
        StackFile.writeEnvironment(file, environment, launcher);
        out.printf(
                """

                Everything stays up to play with, until Enter or Ctrl-C.
                  PostgreSQL   %s
                  S3           %s   access key %s   secret key %s   buckets %s, shop-backup
                  folder       %s

                In another terminal:
                  cd %s
                  . ./environment.sh
                  holdfast snapshots
                  holdfast show latest %s
                  holdfast restore latest --part %s --to %s=shop_yesterday
                  holdfast check --read-data
                """,
                postgres.url(ShopDatabase.NAME),
                s3.endpoint(),
                s3.accessKey(),
                s3.secretKey(),
                ShopBucket.NAME,
                directory.root(),
                scratch.folder(),
                StackFile.DATABASE,
                StackFile.DATABASE,
                StackFile.DATABASE);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        holdfast.close();
        s3.close();
        postgres.close();
        if (options.keep()) {
            out.printf("the servers are stopped; the files are still in %s%n", scratch.folder());
        } else {
            scratch.close();
        }
    }

    private static String holds(String part, Holding holding) {
        return Text.count(holding.count())
                + switch (part) {
                    case StackFile.DATABASE -> " rows";
                    case StackFile.BUCKET -> " objects";
                    default -> " files";
                };
    }

    private static <T> Timed<T> timed(DemoStep step, Supplier<T> work) {
        long from = System.nanoTime();
        try {
            return new Timed<>(work.get(), Duration.ofNanos(System.nanoTime() - from));
        } catch (StepFailed e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StepFailed(step, String.valueOf(e.getMessage()), e);
        }
    }

    private record Timed<T>(T value, Duration took) {}
}
