package dev.holdfast.control.config;

import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.notify.Notifications;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
    private static final List<String> KEYS = Stream.concat(
                    Stream.of("stack", "sources", "repository", ExportsReader.KEY, AdoptedReader.KEY),
                    PoliciesReader.KEYS.stream())
            .toList();

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

    /**
     * What a file says about telling people for a whole server: {@code notify}, as in a stack file, and nothing else.
     *
     * @throws Missing (CONFIGURATION_MISSING) if there is no such file; (SECRET_MISSING) if only secrets are missing
     * @throws Invalid (CONFIGURATION_INVALID) if anything else is wrong
     */
    public Notifications notifications(Path file) {
        Problems problems = new Problems(file.toString());
        Path folder = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), Path.of("/"));
        Section.Context context = new Section.Context(folder, environment, problems);
        return notifications(context, content(file, file.toString()));
    }

    /**
     * The same from a document that is no file: what is wrong is told without a place.
     *
     * @param folder where relative paths in it begin
     * @throws Missing (SECRET_MISSING) if only secrets are missing
     * @throws Invalid (CONFIGURATION_INVALID) if anything else is wrong
     */
    public Notifications notifications(Path folder, String document) {
        return notifications(new Section.Context(folder, environment, Problems.withoutPlaces()), document);
    }

    private Notifications notifications(Section.Context context, String content) {
        Problems problems = context.problems();
        Optional<Notifications> said = problems.attempt(() -> NotifyReader.read(
                new Section(context, "", 1, root(content), Example.NOTIFY).only(List.of("notify"), Example.NOTIFY),
                environment.zone()));
        problems.raise();
        return said.orElseThrow();
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
        Section file = new Section(context, "", 1, root, Example.STACK).only(KEYS, Example.STACK);
        Optional<String> name = problems.attempt(() ->
                Section.named(file.line("stack"), file.requiredText("stack", Example.NAME), "'stack'", Example.NAME));
        List<SourceConfig> sources = problems.attempt(
                        () -> SourcesReader.read(file.section("sources", Example.SOURCES)))
                .orElse(List.of());
        Optional<StackPolicies> policies = problems.attempt(() -> PoliciesReader.read(file));
        Optional<RepositoryConfig> repository =
                problems.attempt(() -> RepositoryReader.read(file.section("repository", Example.REPOSITORY)));
        ZoneId zone = policies.map(read -> read.retention().policy().zone()).orElse(ZoneOffset.UTC);
        Optional<List<ExportConfig>> exports = problems.attempt(() -> ExportsReader.read(file, sources, zone));
        Optional<List<AdoptedPlace>> adopted = problems.attempt(() -> AdoptedReader.read(file, zone));
        problems.raise();
        StackConfig stack = new StackConfig(
                name.orElseThrow(),
                sources,
                repository.orElseThrow(),
                policies.orElseThrow(),
                exports.orElseThrow(),
                adopted.orElseThrow());
        stack.overlap().ifPresent(overlap -> problems.add(file.line("repository"), overlap, ""));
        return stack;
    }
}
