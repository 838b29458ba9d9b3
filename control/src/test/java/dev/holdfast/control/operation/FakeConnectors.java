package dev.holdfast.control.operation;

import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.postgres.Among;
import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.connectors.postgres.ScratchServer;
import dev.holdfast.control.adopt.AdoptedDatabases;
import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.export.Protection;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.MemoryPlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.Comparer;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.ForwardingFile;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.source.Source;
import dev.holdfast.engine.source.Target;
import dev.holdfast.engine.store.MemoryStore;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Foreign systems that write down what is done with them and fail where a test says so. */
public final class FakeConnectors implements Connectors {
    public final List<String> log;

    /** What fails, such as {@code capture media}. */
    public final Set<String> failing = new HashSet<>();

    /** Parts whose targets are occupied. */
    public final Set<String> occupied = new HashSet<>();

    public final List<Finding> restoreFindings = new ArrayList<>();
    public final List<Finding> exportFindings = new ArrayList<>();
    public final List<Finding> plannedFindings = new ArrayList<>();
    public int differences;
    public List<String> databases = List.of();
    public long compared = 7;
    public long restored = 7;
    public Runnable duringCapture = () -> {};

    /** Hears of every source that is made. */
    public Consumer<SourceConfig> asked = _ -> {};

    public FakeConnectors(List<String> log) {
        this.log = log;
    }

    private void note(String what, String name) {
        log.add(what + " " + name);
        if (failing.contains(what + " " + name)) {
            if (name.endsWith("/dropped")) {
                throw new Missing(ErrorCode.DATABASE_MISSING, what + " of " + name + " failed", "");
            }
            throw new Unavailable(ErrorCode.BUCKET_UNAVAILABLE, what + " of " + name + " failed", "look at it.");
        }
    }

    private static String place(SourceConfig config) {
        return switch (config) {
            case PostgresConfig postgres -> postgres.url().text();
            case BucketConfig bucket -> bucket.place().url();
            case DirectoryConfig directory -> directory.path().toString();
        };
    }

    @Override
    public ObjectStore store(DestinationConfig destination) {
        return new MemoryStore();
    }

    @Override
    public Source source(SourceConfig source, RepositoryConfig repository) {
        String name = source.name();
        asked.accept(source);
        return new Source() {
            @Override
            public String kind() {
                return source.kind();
            }

            @Override
            public String location() {
                return place(source);
            }

            @Override
            public void preflight() {
                note("preflight", name);
            }

            @Override
            public void freeze() {
                note("freeze", name);
            }

            @Override
            public Map<String, String> capture(PartWriter part) {
                note("capture", name);
                duringCapture.run();
                part.progress().expect(1, 0);
                part.add(
                        new Entry(EntryKey.of("a"), EntryType.OBJECT, Attributes.NONE, Content.EMPTY),
                        PartWriter.Change.NEW);
                part.progress().advance(1, 0);
                return Map.of();
            }

            @Override
            public void close() {
                log.add("close " + name);
            }
        };
    }

    @Override
    public Expansion expand(SourceConfig source) {
        note("expand", source.name());
        PostgresConfig server = (PostgresConfig) source;
        return new Expansion(
                databases.stream()
                        .filter(database -> !server.scope().excludeDatabases().contains(database))
                        .<SourceConfig>map(database -> server.oneOfAll(database, Among.OTHERS))
                        .toList(),
                databases.stream()
                        .map(database -> server.name() + "/" + database)
                        .collect(Collectors.toSet()),
                List.of(new Finding("server", "has more")));
    }

    @Override
    public Target target(SourceConfig config, PostgresRestore database) {
        String name = config.name();
        return new Target() {
            @Override
            public String kind() {
                return config.kind();
            }

            @Override
            public String location() {
                return place(config);
            }

            @Override
            public RestorePlan plan(PartReader part, boolean overwrite) {
                note("preflight", name);
                RestorePlan.Builder plan = new RestorePlan.Builder().restores(7, 70);
                plannedFindings.forEach(plan::finding);
                if (occupied.contains(name)) {
                    plan.loss("Everything at " + location() + " will be replaced.");
                    if (!overwrite) {
                        plan.obstacle(new AlreadyExists(
                                ErrorCode.DIRECTORY_NOT_EMPTY,
                                "'" + location() + "' is not empty",
                                "say --overwrite."));
                    }
                }
                return plan.build();
            }

            @Override
            public RestoreReport restore(PartReader part, Progress progress) {
                note("restore", name);
                return new RestoreReport(restored, 0, restoreFindings);
            }

            @Override
            public void close() {
                log.add("close " + name);
            }
        };
    }

    @Override
    public Comparer comparer(SourceConfig config, RepositoryConfig repository) {
        return new Comparer() {
            @Override
            public String kind() {
                return config.kind();
            }

            @Override
            public String location() {
                return place(config);
            }

            @Override
            public long compare(PartReader part, DifferenceListener listener, Progress progress) {
                note("compare", config.name());
                for (int i = 0; i < differences; i++) {
                    listener.differs("key" + i, "differs");
                }
                return compared;
            }

            @Override
            public void close() {
                log.add("close " + config.name());
            }
        };
    }

    @Override
    public Exporter exporter(Part part, ExportFormat format) {
        return new Exporter() {
            @Override
            public void preflight(PartReader reader) {
                note("preflight", part.name());
            }

            @Override
            public ExportReport export(PartReader reader, ExportFile file, Progress progress) {
                note("export", part.name() + " as " + format.label());
                file.write(new byte[] {1, 2, 3}, 0, 3);
                return new ExportReport(reader.entryCount(), reader.contentBytes(), 3, exportFindings);
            }

            @Override
            public void close() {
                log.add("close " + part.name());
            }
        };
    }

    /** The places of exports, by the path or bucket of their configuration. */
    public final Map<String, MemoryPlace> exportPlaces = new HashMap<>();

    /** What makes databases of dumps, for tests that need one. */
    public @Nullable AdoptedDatabases adopted;

    @Override
    public AdoptedDatabases adoptedDatabases() {
        return Objects.requireNonNull(adopted);
    }

    /** Where files are unpacked: where servers for test restores are made, in tests with both. */
    public Path spool = Path.of(System.getProperty("java.io.tmpdir"));

    @Override
    public UnpackedFolder unpackedFolder() {
        return UnpackedFolder.in(spool);
    }

    /** Makes servers for test restores, for tests that need them. */
    public @Nullable Supplier<ScratchServer> scratch;

    @Override
    public ScratchServer scratch(Optional<Secret> url) {
        return Objects.requireNonNull(scratch).get();
    }

    @Override
    public ExportPlaces exportPlaces() {
        return new ExportPlaces() {
            @Override
            public FilePlace open(PlaceConfig config) {
                return exportPlaces.computeIfAbsent(
                        config.location(), _ -> new MemoryPlace(InstantSource.fixed(FakeRepository.NOW)));
            }

            @Override
            public Exporter exporter(Part part, FileFormat format) {
                return FakeConnectors.this.exporter(part, new ExportFormat.Sql(0, false));
            }

            @Override
            public ExportFile encoded(FileFormat format, ExportFile file) {
                return file;
            }

            @Override
            public ExportFile protectedBy(Protection protection, ExportFile file) {
                if (!protection.recipients().isEmpty()) {
                    throw new Invalid(ErrorCode.CONFIGURATION_INVALID, "the certificate has expired", "");
                }
                return new ForwardingFile(file) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        byte[] sealed = Arrays.copyOfRange(bytes, offset, offset + length);
                        for (int i = 0; i < length; i++) {
                            sealed[i] ^= 0x55;
                        }
                        super.write(sealed, 0, length);
                    }
                };
            }
        };
    }

    @Override
    public ExportFile exportFile(Path path, boolean overwrite) {
        return new ExportFile() {
            @Override
            public String location() {
                return path.toString();
            }

            @Override
            public void preflight() {
                note("open", path.toString());
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                note("write", path.toString());
            }

            @Override
            public boolean seekable() {
                return false;
            }

            @Override
            public void patch(long position, byte[] bytes) {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(long position, byte[] bytes) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void commit() {
                note("commit", path.toString());
            }

            @Override
            public void close() {
                log.add("close " + path);
            }
        };
    }
}
