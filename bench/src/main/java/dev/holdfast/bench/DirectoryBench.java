package dev.holdfast.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** A folder of mixed files, beside restic and borg. */
final class DirectoryBench implements Benchmark {
    private final Path data;
    private final Path copies;
    private final int files;
    private final Contender ours;
    private final List<Contender> all;

    /** A tool that keeps a repository on this disk. */
    private static final class Contender {
        final String name;
        final Path repository;
        final Runnable init;
        final Supplier<Command> backup;
        final Supplier<Command> restore;
        final Runnable check;
        boolean begun;

        Contender(
                String name,
                Path repository,
                Runnable init,
                Supplier<Command> backup,
                Supplier<Command> restore,
                Runnable check) {
            this.name = name;
            this.repository = repository;
            this.init = init;
            this.backup = backup;
            this.restore = restore;
            this.check = check;
        }

        void begin() {
            init.run();
            begun = true;
        }

        /** There is a first backup, whether it was measured or not. */
        void ensureBackup() {
            if (!begun) {
                begin();
                Shell.run(backup.get());
            }
        }

        double storedBytes() {
            return Trees.bytes(repository);
        }
    }

    DirectoryBench(Path scratch, Path launcher, Options options) {
        Tools.require(Map.of("restic", "restic", "borg", "borgbackup"));
        this.data = Trees.create(scratch.resolve("data"));
        this.copies = Trees.create(scratch.resolve("copies"));
        this.files = FileTree.HOME.fill(data, options.sizeBytes(), options.seed());
        this.ours = holdfast(scratch.resolve("holdfast"), launcher);
        this.all = List.of(ours, restic(scratch.resolve("restic")), borg(scratch.resolve("borg")));
    }

    private Contender holdfast(Path folder, Path launcher) {
        Holdfast holdfast = new Holdfast(launcher, folder, "files", "directory:\n  path: " + data, Map.of());
        return new Contender(
                Holdfast.NAME,
                folder.resolve("repository"),
                holdfast::init,
                holdfast::backup,
                () -> holdfast.restore(copy(Holdfast.NAME).toString()),
                () -> {
                    holdfast.check();
                    holdfast.compare();
                });
    }

    private Contender restic(Path folder) {
        Path repository = folder.resolve("repository");
        Map<String, String> environment = Map.of(
                "RESTIC_REPOSITORY", repository.toString(),
                "RESTIC_PASSWORD", "a passphrase of the benchmark",
                "RESTIC_CACHE_DIR", folder.resolve("cache").toString(),
                "HOME", folder.toString());
        return new Contender(
                "restic",
                repository,
                () -> {
                    Trees.fresh(folder);
                    Shell.run(Command.of(data, environment, "restic", "init", "--repository-version", "2"));
                },
                () -> Command.of(data, environment, "restic", "backup", "--quiet", "--compression", "auto", "."),
                () -> Command.of(
                        data,
                        environment,
                        "restic",
                        "restore",
                        "--quiet",
                        "latest",
                        "--target",
                        copy("restic").toString()),
                () -> Shell.run(Command.of(data, environment, "restic", "check", "--read-data")));
    }

    private Contender borg(Path folder) {
        Path repository = folder.resolve("repository");
        Map<String, String> environment = Map.of(
                "BORG_REPO", repository.toString(),
                "BORG_PASSPHRASE", "a passphrase of the benchmark",
                "BORG_BASE_DIR", folder.toString());
        return new Contender(
                "borg",
                repository,
                () -> {
                    Trees.fresh(folder);
                    Shell.run(Command.of(data, environment, "borg", "init", "--encryption", "repokey"));
                },
                () -> Command.of(
                        data, environment, "borg", "create", "--compression", "zstd,1", "::{utcnow:%s.%f}", "."),
                () -> Command.shell(
                        Trees.create(copy("borg")), environment, "borg extract \"::$(borg list --last 1 --short)\""),
                () -> Shell.run(Command.of(data, environment, "borg", "check", "--verify-data")));
    }

    private Path copy(String name) {
        return copies.resolve(name);
    }

    @Override
    public List<String> facts() {
        return List.of(
                "data: %d files, %.2f GB".formatted(files, Trees.bytes(data) / 1e9),
                "peers: %s (compression auto, repository version 2); %s (repokey, zstd,1)"
                        .formatted(
                                Shell.read(Command.of(data, Map.of(), "restic", "version")),
                                Shell.read(Command.of(data, Map.of(), "borg", "--version"))));
    }

    @Override
    public List<Phase> phases() {
        return List.of(
                phase(
                        "first",
                        contender -> new Turn(
                                contender.name,
                                contender::begin,
                                contender.backup,
                                contender::storedBytes,
                                contender.check)),
                phase(
                        "unchanged",
                        contender -> new Turn(
                                contender.name,
                                contender::ensureBackup,
                                contender.backup,
                                contender::storedBytes,
                                contender.check)),
                phase("restore", this::restore));
    }

    private Turn restore(Contender contender) {
        return new Turn(
                contender.name,
                () -> {
                    contender.ensureBackup();
                    Trees.delete(copy(contender.name));
                },
                contender.restore,
                Turn.STORES_NOTHING,
                () -> {
                    Trees.requireEqual(data, copy(contender.name));
                    contender.check.run();
                });
    }

    private Phase phase(String name, Function<Contender, Turn> turn) {
        return new Phase(name, all.stream().map(turn).toList());
    }

    @Override
    public double serverSeconds() {
        return Double.NaN;
    }
}
