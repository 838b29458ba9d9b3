package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.RepositoryKey;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads a stack file. Whatever is wrong with it is told with its line, what was expected and an example, several problems
 * at once.
 */
public final class StackFileReader {
    private static final List<String> SOURCE_KINDS =
            List.of(PostgresConfig.KIND, BucketConfig.KIND, DirectoryConfig.KIND);
    private static final List<String> DESTINATION_KINDS = List.of("local", "s3");
    private static final List<String> POSTGRES_KEYS = Stream.concat(
                    Stream.of("url", "password", "password-file", "connections", "ssh"),
                    PostgresScopeReader.KEYS.stream())
            .toList();
    private static final List<String> S3_KEYS = List.of(
            "endpoint",
            "region",
            "bucket",
            "prefix",
            "access-key",
            "access-key-file",
            "secret-key",
            "secret-key-file",
            "path-style",
            "connections");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private final Environment environment;

    public StackFileReader(Environment environment) {
        this.environment = environment;
    }

    /**
     * @throws Missing (CONFIGURATION_MISSING) if there is no such file; (SECRET_MISSING) if only secrets are missing
     * @throws Invalid (CONFIGURATION_INVALID) if anything else is wrong
     */
    public StackConfig read(Path file) {
        return read(file, file.toString());
    }

    /**
     * @param shown what messages call the file
     */
    public StackConfig read(Path file, String shown) {
        return parse(file, shown, content(file, shown));
    }

    private static String content(Path file, String shown) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new Missing(
                    ErrorCode.CONFIGURATION_MISSING,
                    "there is no stack file '" + shown + "'",
                    "write one ('holdfast init --help' shows an example), name it with --file, or name a repository with --repository where the command allows it.");
        } catch (MalformedInputException e) {
            throw new Invalid(ErrorCode.CONFIGURATION_INVALID, "'" + shown + "' is not UTF-8 text", "", e);
        } catch (IOException e) {
            throw new Missing(
                    ErrorCode.CONFIGURATION_MISSING,
                    "the stack file '" + shown + "' cannot be read",
                    "look at its permissions and whether it is a file.",
                    e);
        }
    }

    /**
     * @param file where the text is, or would be: relative paths in it begin at its folder
     * @param shown what messages call it
     * @param content the text
     */
    public StackConfig parse(Path file, String shown, String content) {
        Problems problems = new Problems(shown);
        Path folder = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), Path.of("/"));
        Section.Context context = new Section.Context(folder, environment, problems);
        Optional<StackConfig> stack = problems.attempt(() -> stack(context, problems, root(content)));
        problems.raise();
        return stack.orElseThrow();
    }

    private static Node root(String content) {
        try {
            return new Compose(
                            LoadSettings.builder().setAllowDuplicateKeys(true).build())
                    .composeString(content)
                    .orElseThrow(() -> new Stop(1, "the file is empty", Example.STACK));
        } catch (MarkedYamlEngineException e) {
            throw notYaml(e);
        } catch (YamlEngineException e) {
            throw new Stop(1, "not YAML: " + e.getMessage(), Example.STACK);
        }
    }

    private static Stop notYaml(MarkedYamlEngineException e) {
        int line = e.getProblemMark()
                .or(e::getContextMark)
                .map(mark -> mark.getLine() + 1)
                .orElse(1);
        String problem = String.valueOf(e.getProblem());
        if (problem.contains("TAB")) {
            return new Stop(line, "a tab where YAML allows only spaces", "indent with two spaces.");
        }
        // an alias may be a password that should have been quoted
        String shown =
                problem.contains("alias") ? "an alias that is not defined; quote a value that begins with *" : problem;
        return new Stop(line, "not YAML: " + shown, Example.STACK);
    }

    private StackConfig stack(Section.Context context, Problems problems, Node root) {
        Section file = new Section(context, "", 1, root, Example.STACK)
                .only(List.of("stack", "sources", "repository"), Example.STACK);
        Optional<String> name =
                problems.attempt(() -> named(file.line("stack"), file.requiredText("stack", Example.NAME), "'stack'"));
        List<SourceConfig> sources = problems.attempt(() -> sources(problems, file.section("sources", Example.SOURCES)))
                .orElse(List.of());
        Optional<RepositoryConfig> repository =
                problems.attempt(() -> repository(problems, file.section("repository", Example.REPOSITORY)));
        problems.raise();
        StackConfig stack = new StackConfig(name.orElseThrow(), sources, repository.orElseThrow());
        Overlap.find(stack).ifPresent(overlap -> problems.add(file.line("repository"), overlap, ""));
        return stack;
    }

    private static String named(int line, String name, String what) {
        if (!NAME.matcher(name).matches()) {
            throw new Stop(
                    line,
                    what + " is '" + name + "'; expected a name of letters, digits, '.', '_' and '-', at most 63",
                    Example.NAME);
        }
        return name;
    }

    private static List<SourceConfig> sources(Problems problems, Section sources) {
        List<SourceConfig> read = new ArrayList<>();
        for (String name : sources.keys()) {
            problems.attempt(() -> source(name, sources)).ifPresent(read::add);
        }
        if (sources.keys().isEmpty()) {
            throw new Stop(sources.line(), "'sources' is empty; expected at least one", Example.SOURCES);
        }
        return read;
    }

    private static SourceConfig source(String name, Section sources) {
        named(sources.line(name), name, "the name of a source");
        Section source = sources.section(name, Example.SOURCES);
        return switch (onlyKind(source, "source '" + name + "'", SOURCE_KINDS, Example.SOURCES)) {
            case PostgresConfig.KIND -> postgres(name, source.section(PostgresConfig.KIND, Example.POSTGRES));
            case BucketConfig.KIND ->
                new BucketConfig(name, s3Place(source.section(BucketConfig.KIND, Example.BUCKET), Example.BUCKET));
            default -> directory(name, source.section(DirectoryConfig.KIND, Example.DIRECTORY));
        };
    }

    private static String onlyKind(Section section, String what, List<String> kinds, String example) {
        List<String> found = section.keys().stream().filter(kinds::contains).toList();
        if (found.size() > 1) {
            throw new Stop(
                    section.line(found.getLast()),
                    what + " is both '" + found.getFirst() + "' and '" + found.get(1) + "'; expected one of "
                            + Section.listed(kinds),
                    example);
        }
        section.only(kinds, example);
        if (found.isEmpty()) {
            boolean told = !section.keys().isEmpty();
            throw new Stop(
                    section.line(),
                    what + " has no kind" + (told ? " that is known" : "") + "; expected one of "
                            + Section.listed(kinds),
                    example);
        }
        return found.getFirst();
    }

    private static PostgresConfig postgres(String name, Section section) {
        section.only(POSTGRES_KEYS, Example.POSTGRES);
        String url = section.requiredText("url", Example.POSTGRES);
        if (!PostgresConfig.isUrl(url)) {
            throw new Stop(
                    section.line("url"),
                    "'" + section.path()
                            + ".url' must begin with postgresql:// or be keywords such as host=db dbname=shop",
                    Example.POSTGRES);
        }
        return new PostgresConfig(
                name,
                new Secret(url),
                section.secret("password"),
                section.whole("connections", 1, PostgresConfig.MAX_CONNECTIONS, PostgresConfig.DEFAULT_CONNECTIONS),
                PostgresScopeReader.read(section),
                section.has("ssh")
                        ? Optional.of(SshSection.read(section.section("ssh", Example.SSH)))
                        : Optional.empty());
    }

    private static DirectoryConfig directory(String name, Section section) {
        section.only(List.of("path", "exclude"), Example.DIRECTORY);
        Path path =
                section.path("path", Example.DIRECTORY).orElseThrow(() -> section.missing("path", Example.DIRECTORY));
        return new DirectoryConfig(name, path, section.texts("exclude", Example.EXCLUDE));
    }

    private static S3Place s3Place(Section section, String example) {
        section.only(S3_KEYS, example);
        Optional<URI> endpoint = section.text("endpoint", Example.ENDPOINT).map(text -> endpoint(section, text));
        return new S3Place(
                endpoint,
                section.text("region", "region: us-east-1").orElse(S3Place.DEFAULT_REGION),
                section.requiredText("bucket", example),
                section.text("prefix", "prefix: \"backups/\"").orElse(""),
                keys(section, endpoint.isEmpty()),
                section.flag("path-style", endpoint.isPresent()),
                section.whole("connections", 1, S3Place.MAX_CONNECTIONS, S3Place.DEFAULT_CONNECTIONS));
    }

    private static URI endpoint(Section section, String text) {
        return parseEndpoint(text)
                .orElseThrow(() -> new Stop(
                        section.line("endpoint"),
                        "'" + section.path() + ".endpoint' is not a URL with http:// or https:// and without user",
                        Example.ENDPOINT));
    }

    static Optional<URI> parseEndpoint(String text) {
        try {
            URI uri = new URI(text.strip());
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return http && uri.getHost() != null && uri.getUserInfo() == null ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** On AWS the machine may have a role, so there keys may be missing. */
    private static Optional<S3Keys> keys(Section section, boolean aws) {
        Optional<Secret> accessKey = section.secret("access-key");
        Optional<Secret> secretKey = section.secret("secret-key");
        if (accessKey.isEmpty() && secretKey.isEmpty()) {
            Optional<S3Keys> lent = section.environment().s3Keys();
            if (lent.isPresent() || aws) {
                return lent;
            }
        }
        return Optional.of(new S3Keys(
                accessKey.orElseGet(() -> secretOr(section, "access-key", Environment.ACCESS_KEY)),
                secretKey.orElseGet(() -> secretOr(section, "secret-key", Environment.SECRET_KEY)),
                Optional.empty()));
    }

    private static Secret secretOr(Section section, String key, String variable) {
        return section.environment()
                .secret(variable)
                .orElseThrow(() -> new Stop(
                        section.line(),
                        ErrorCode.SECRET_MISSING,
                        "'" + section.path() + "' has no '" + key + "', and environment variable '" + variable
                                + "' is not set",
                        "add it, for example: " + key + ": ${S3_"
                                + key.toUpperCase(Locale.ROOT).replace('-', '_') + "}"));
    }

    private RepositoryConfig repository(Problems problems, Section section) {
        section.only(
                List.of("passphrase", "passphrase-file", "destinations", "pack-size", "compression"),
                Example.REPOSITORY);
        Optional<Optional<RepositoryKey>> key = problems.attempt(() -> key(section));
        List<DestinationConfig> destinations = problems.attempt(
                        () -> destinations(problems, section.section("destinations", Example.DESTINATIONS)))
                .orElse(List.of());
        ByteSize packSize = section.size(
                "pack-size",
                RepositoryConfig.MIN_PACK_SIZE,
                RepositoryConfig.MAX_PACK_SIZE,
                RepositoryConfig.DEFAULT_PACK_SIZE);
        int compression = section.whole(
                "compression",
                RepositoryConfig.MIN_COMPRESSION,
                RepositoryConfig.MAX_COMPRESSION,
                RepositoryConfig.DEFAULT_COMPRESSION);
        problems.raise();
        return new RepositoryConfig(key.orElseThrow(), destinations, packSize, compression);
    }

    private Optional<RepositoryKey> key(Section section) {
        Optional<RepositoryKey> given =
                environment.secret(Environment.RECOVERY_CODE).map(c -> new RepositoryKey.RecoveryCode(c.text()));
        if (given.isEmpty()) {
            given = section.secret("passphrase").map(p -> new RepositoryKey.Passphrase(p.text()));
        }
        return given.or(environment::repositoryKey);
    }

    private static List<DestinationConfig> destinations(Problems problems, Section section) {
        List<DestinationConfig> read = new ArrayList<>();
        for (String name : section.keys()) {
            problems.attempt(() -> destination(name, section)).ifPresent(read::add);
        }
        if (section.keys().isEmpty()) {
            throw new Stop(
                    section.line(), "'" + section.path() + "' is empty; expected at least one", Example.DESTINATIONS);
        }
        return read;
    }

    private static DestinationConfig destination(String name, Section destinations) {
        named(destinations.line(name), name, "the name of a destination");
        Section destination = destinations.section(name, Example.DESTINATIONS);
        String kind = onlyKind(destination, "destination '" + name + "'", DESTINATION_KINDS, Example.DESTINATIONS);
        if (kind.equals("s3")) {
            return new S3Config(name, s3Place(destination.section("s3", Example.S3), Example.S3));
        }
        Section local = destination.section("local", Example.LOCAL).only(List.of("path"), Example.LOCAL);
        return new LocalConfig(
                name, local.path("path", Example.LOCAL).orElseThrow(() -> local.missing("path", Example.LOCAL)));
    }
}
