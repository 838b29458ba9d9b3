package dev.holdfast.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A bucket of an application, beside rclone, which copies it to a folder and back. */
final class BucketBench implements Benchmark {
    private static final String SOURCE = "bench-source";
    private static final String OURS = "bench-ours";
    private static final String THEIRS = "bench-theirs";

    private final Path data;
    private final Path copy;
    private final int objects;
    private final S3Server server;
    private final Map<String, String> rclone;
    private final Holdfast holdfast;
    private boolean backedUp;
    private boolean copied;

    BucketBench(Path scratch, Path checkout, Path launcher, Options options, Ending ending) {
        Tools.require(Map.of("rclone", "rclone"));
        this.data = Trees.create(scratch.resolve("data"));
        this.copy = scratch.resolve("rclone");
        this.objects = FileTree.MEDIA.fill(data, options.sizeBytes(), options.seed());
        this.server = S3Server.start(options.s3(), scratch.resolve("s3"), checkout, ending);
        this.rclone = Map.of(
                "HOME", scratch.toString(),
                "RCLONE_CONFIG_S3_TYPE", "s3",
                "RCLONE_CONFIG_S3_PROVIDER", options.s3() == Options.S3Kind.RGW ? "Ceph" : "Other",
                "RCLONE_CONFIG_S3_ENDPOINT", server.endpoint(),
                "RCLONE_CONFIG_S3_ACCESS_KEY_ID", server.accessKey(),
                "RCLONE_CONFIG_S3_SECRET_ACCESS_KEY", server.secretKey());
        this.holdfast = new Holdfast(
                launcher,
                scratch.resolve("holdfast"),
                "media",
                """
                bucket:
                  endpoint: %s
                  bucket: %s
                  access-key: ${BENCH_S3_ACCESS_KEY}
                  secret-key: ${BENCH_S3_SECRET_KEY}
                  connections: 32
                """.formatted(server.endpoint(), SOURCE),
                Map.of("BENCH_S3_ACCESS_KEY", server.accessKey(), "BENCH_S3_SECRET_KEY", server.secretKey()));
        Shell.run(rclone("mkdir", remote(SOURCE)));
        Shell.run(rclone("copy", data.toString(), remote(SOURCE)));
    }

    /** As many requests at once as Holdfast makes; small enough parts for servers that hold a part in memory. */
    private Command rclone(String... arguments) {
        return Command.of(data, rclone, "rclone")
                .plus(arguments)
                .plus("--transfers", "32", "--checkers", "32", "--fast-list")
                .plus("--s3-upload-cutoff", "8M", "--s3-chunk-size", "8M", "--retries", "1");
    }

    private static String remote(String bucket) {
        return "s3:" + bucket;
    }

    private void requireEqual(String bucket, Path folder) {
        Shell.run(rclone("check", folder.toString(), remote(bucket), "--download"));
    }

    @Override
    public List<String> facts() {
        return List.of(
                "data: %d objects, %.2f GB, on %s".formatted(objects, Trees.bytes(data) / 1e9, server.kind()),
                "peer: "
                        + Shell.read(Command.of(data, rclone, "rclone", "version"))
                                .lines()
                                .findFirst()
                                .orElse("?")
                        + " (32 transfers)");
    }

    @Override
    public List<Phase> phases() {
        return List.of(
                new Phase("first", List.of(backup(this::beginBackup), sync(this::beginCopy))),
                new Phase("unchanged", List.of(backup(this::ensureBackup), sync(this::ensureCopy))),
                new Phase("restore", List.of(restore(), syncBack())));
    }

    private Turn backup(Runnable prepare) {
        return new Turn(Holdfast.NAME, prepare, holdfast::backup, holdfast::storedBytes, () -> {
            holdfast.check();
            holdfast.compare();
        });
    }

    private Turn sync(Runnable prepare) {
        return new Turn(
                "rclone",
                prepare,
                () -> rclone("sync", remote(SOURCE), copy.toString()),
                () -> Trees.bytes(copy),
                () -> requireEqual(SOURCE, copy));
    }

    private Turn restore() {
        return new Turn(
                Holdfast.NAME,
                () -> {
                    ensureBackup();
                    remove(OURS);
                },
                () -> holdfast.restore(OURS),
                Turn.STORES_NOTHING,
                () -> {
                    requireEqual(OURS, data);
                    holdfast.compare(OURS);
                });
    }

    private Turn syncBack() {
        return new Turn(
                "rclone",
                () -> {
                    ensureCopy();
                    remove(THEIRS);
                },
                () -> rclone("sync", copy.toString(), remote(THEIRS)),
                Turn.STORES_NOTHING,
                () -> requireEqual(THEIRS, data));
    }

    private void remove(String bucket) {
        String buckets = Shell.read(rclone("lsf", "s3:"));
        if (buckets.lines().anyMatch((bucket + "/")::equals)) {
            Shell.run(rclone("purge", remote(bucket)));
        }
    }

    private void beginBackup() {
        holdfast.init();
        backedUp = true;
    }

    private void ensureBackup() {
        if (!backedUp) {
            beginBackup();
            Shell.run(holdfast.backup());
        }
    }

    private void beginCopy() {
        Trees.delete(copy);
        copied = true;
    }

    private void ensureCopy() {
        if (!copied) {
            beginCopy();
            Shell.run(rclone("sync", remote(SOURCE), copy.toString()));
        }
    }

    @Override
    public double serverSeconds() {
        return server.cpuSeconds();
    }
}
