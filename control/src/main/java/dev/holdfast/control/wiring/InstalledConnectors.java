package dev.holdfast.control.wiring;

import dev.holdfast.connectors.files.DirectoryComparer;
import dev.holdfast.connectors.files.DirectorySource;
import dev.holdfast.connectors.files.DirectoryTarget;
import dev.holdfast.connectors.files.LocalExportFile;
import dev.holdfast.connectors.files.LocalStore;
import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.postgres.Among;
import dev.holdfast.connectors.postgres.ClientTools;
import dev.holdfast.connectors.postgres.LentServer;
import dev.holdfast.connectors.postgres.OwnServer;
import dev.holdfast.connectors.postgres.PostgresComparer;
import dev.holdfast.connectors.postgres.PostgresExporter;
import dev.holdfast.connectors.postgres.PostgresLocation;
import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.connectors.postgres.PostgresServer;
import dev.holdfast.connectors.postgres.PostgresSource;
import dev.holdfast.connectors.postgres.PostgresTarget;
import dev.holdfast.connectors.postgres.ScratchServer;
import dev.holdfast.connectors.s3.BucketComparer;
import dev.holdfast.connectors.s3.BucketSource;
import dev.holdfast.connectors.s3.BucketTarget;
import dev.holdfast.connectors.s3.S3Credentials;
import dev.holdfast.connectors.s3.S3Location;
import dev.holdfast.connectors.s3.S3Store;
import dev.holdfast.connectors.sftp.SftpLocation;
import dev.holdfast.connectors.sftp.SftpStore;
import dev.holdfast.connectors.ssh.SshLocation;
import dev.holdfast.control.adopt.AdoptedDatabases;
import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.DatabasePart;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.DirectoryConfig;
import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.LocalConfig;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.S3Config;
import dev.holdfast.control.config.S3Keys;
import dev.holdfast.control.config.S3Place;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.SftpConfig;
import dev.holdfast.control.config.SftpFolder;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.config.SshConfig;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.Expansion;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.Comparer;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.Source;
import dev.holdfast.engine.source.Target;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.store.RetryingStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The connectors that come with Holdfast. Each is made, and its libraries loaded, only when it is asked for. */
public final class InstalledConnectors implements Connectors {
    private final Path scratch;
    private final Environment environment;
    private final InstantSource clock;

    /**
     * @param scratch folder for what does not fit into memory
     * @param environment what the programs of PostgreSQL would look at too
     */
    public InstalledConnectors(Path scratch, Environment environment, InstantSource clock) {
        this.scratch = scratch;
        this.environment = environment;
        this.clock = clock;
    }

    @Override
    public ObjectStore store(DestinationConfig destination) {
        return switch (destination) {
            case LocalConfig local -> new LocalStore(local.path());
            case S3Config s3 -> new RetryingStore(new S3Store(location(s3.place())));
            case SftpConfig sftp -> new RetryingStore(new SftpStore(location(sftp.folder())));
        };
    }

    @Override
    public Source source(SourceConfig source, RepositoryConfig repository) {
        return switch (source) {
            case PostgresConfig postgres ->
                new PostgresSource(
                        location(postgres),
                        postgres.connections(),
                        scratch,
                        postgres.scope().selection(),
                        postgres.scope().among());
            case BucketConfig bucket -> new BucketSource(location(bucket.place()), clock);
            case DirectoryConfig directory ->
                new DirectorySource(directory.path(), directory.exclude(), folders(repository), clock);
        };
    }

    @Override
    public Expansion expand(SourceConfig source) {
        return source instanceof PostgresConfig postgres && postgres.scope().everyDatabase()
                ? everyDatabase(postgres)
                : Expansion.of(source);
    }

    private Expansion everyDatabase(PostgresConfig server) {
        PostgresServer.Databases databases =
                new PostgresServer(location(server)).databases(server.scope().excludeDatabases());
        List<SourceConfig> sources = new ArrayList<>();
        for (String database : databases.captured()) {
            sources.add(server.oneOfAll(database, sources.isEmpty() ? Among.FIRST : Among.OTHERS));
        }
        return new Expansion(
                sources,
                databases.present().stream()
                        .map(database -> new DatabasePart(server.name(), database).name())
                        .collect(Collectors.toSet()),
                databases.findings());
    }

    @Override
    public Target target(SourceConfig place, PostgresRestore database) {
        return switch (place) {
            case PostgresConfig postgres ->
                new PostgresTarget(location(postgres), database, postgres.connections(), scratch);
            case BucketConfig bucket -> new BucketTarget(location(bucket.place()));
            case DirectoryConfig directory -> new DirectoryTarget(directory.path());
        };
    }

    @Override
    public Comparer comparer(SourceConfig place, RepositoryConfig repository) {
        return switch (place) {
            case PostgresConfig postgres -> new PostgresComparer(location(postgres), postgres.connections(), scratch);
            case BucketConfig bucket -> new BucketComparer(location(bucket.place()));
            case DirectoryConfig directory ->
                new DirectoryComparer(directory.path(), directory.exclude(), folders(repository));
        };
    }

    @Override
    public Exporter exporter(Part part, ExportFormat format) {
        return switch (format) {
            case ExportFormat.Archive archive -> database(part, PostgresExporter.Format.CUSTOM, archive.level(), false);
            case ExportFormat.Sql sql -> database(part, PostgresExporter.Format.SQL, sql.level(), sql.create());
            case ExportFormat.Roles roles -> database(part, PostgresExporter.Format.ROLES, roles.level(), false);
            case ExportFormat.Kept kept -> exportPlaces().exporter(part, kept.format());
            case ExportFormat.Tree _ -> throw new IllegalArgumentException("a tree is no file");
        };
    }

    private static Exporter database(Part part, PostgresExporter.Format format, int level, boolean create) {
        if (!part.kind().equals(PostgresConfig.KIND)) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "part '" + part.name() + "' is a " + part.kind() + ", and no database",
                    "export it as " + ExportFormat.listed(false) + ".");
        }
        return new PostgresExporter(format, level, create);
    }

    @Override
    public ExportFile exportFile(Path path, boolean overwrite) {
        return new LocalExportFile(path, overwrite);
    }

    @Override
    public ExportPlaces exportPlaces() {
        return new InstalledPlaces(this, scratch, clock);
    }

    @Override
    public AdoptedDatabases adoptedDatabases() {
        return new InstalledDatabases(scratch, this::location);
    }

    @Override
    public UnpackedFolder unpackedFolder() {
        return UnpackedFolder.in(scratch);
    }

    @Override
    public ScratchServer scratch(Optional<Secret> url) {
        return url.<ScratchServer>map(text -> LentServer.at(PostgresLocation.parse(text.text(), variables())))
                .orElseGet(() -> OwnServer.start(ClientTools.ofMachine(), scratch));
    }

    private Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>(environment.variables());
        variables.putIfAbsent("HOME", System.getProperty("user.home"));
        return variables;
    }

    private static List<Path> folders(RepositoryConfig repository) {
        return repository.destinations().stream()
                .flatMap(destination ->
                        destination instanceof LocalConfig local ? Stream.of(local.path()) : Stream.empty())
                .toList();
    }

    private PostgresLocation location(PostgresConfig config) {
        PostgresLocation location = PostgresLocation.parse(config.url().text(), variables());
        PostgresLocation reached =
                config.ssh().map(ssh -> location.withSsh(location(ssh))).orElse(location);
        return config.password().map(Secret::text).map(reached::withPassword).orElse(reached);
    }

    private static SshLocation location(SshConfig ssh) {
        return new SshLocation(
                ssh.host(),
                ssh.port(),
                ssh.user(),
                ssh.key(),
                ssh.keyPassword().map(Secret::text),
                ssh.password().map(Secret::text),
                ssh.knownHosts(),
                ssh.fingerprint(),
                ssh.jump().map(InstalledConnectors::location),
                ssh.agent());
    }

    static SftpLocation location(SftpFolder folder) {
        return new SftpLocation(location(folder.server()), folder.path());
    }

    static S3Location location(S3Place place) {
        Optional<S3Credentials> credentials = place.keys().map(InstalledConnectors::credentials);
        return new S3Location(
                place.endpoint(),
                place.region(),
                place.bucket(),
                place.prefix(),
                credentials,
                place.pathStyle(),
                place.connections());
    }

    private static S3Credentials credentials(S3Keys keys) {
        return new S3Credentials(
                keys.accessKey().text(),
                keys.secretKey().text(),
                keys.sessionToken().map(Secret::text));
    }
}
