package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what belongs to a stack. */
final class SourcesReader {
    private static final List<String> SOURCE_KINDS =
            List.of(PostgresConfig.KIND, BucketConfig.KIND, DirectoryConfig.KIND);
    private static final List<String> POSTGRES_KEYS = Stream.concat(
                    Stream.of("url", "password", "password-file", "connections", "ssh"),
                    PostgresScopeReader.KEYS.stream())
            .toList();

    private SourcesReader() {}

    static List<SourceConfig> read(Section sources) {
        List<SourceConfig> read = new ArrayList<>();
        for (String name : sources.keys()) {
            sources.attempt(() -> source(name, sources)).ifPresent(read::add);
        }
        if (sources.keys().isEmpty()) {
            throw new Stop(sources.line(), "'sources' is empty; expected at least one", Example.SOURCES);
        }
        return read;
    }

    private static SourceConfig source(String name, Section sources) {
        Section.named(sources.line(name), name, "the name of a source", Example.NAME);
        Section source = sources.section(name, Example.SOURCES);
        return switch (source.onlyKind("source '" + name + "'", SOURCE_KINDS, Example.SOURCES)) {
            case PostgresConfig.KIND -> postgres(name, source.section(PostgresConfig.KIND, Example.POSTGRES));
            case BucketConfig.KIND ->
                new BucketConfig(
                        name, S3Reader.read(source.section(BucketConfig.KIND, Example.BUCKET), Example.BUCKET));
            default -> directory(name, source.section(DirectoryConfig.KIND, Example.DIRECTORY));
        };
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
}
