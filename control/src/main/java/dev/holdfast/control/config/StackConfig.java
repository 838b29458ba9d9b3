package dev.holdfast.control.config;

import dev.holdfast.connectors.postgres.Among;
import dev.holdfast.control.adopt.AdoptedPlace;
import dev.holdfast.control.export.ExportConfig;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * What is protected together, and where it is kept.
 *
 * @param name the stack's name
 * @param sources what belongs to it, at least one, in the order of the file
 * @param repository where it is kept
 * @param policies what the service does with it by itself
 * @param exports what of it is kept as ordinary files, and where
 * @param adopted places with backups that other tools made
 */
public record StackConfig(
        String name,
        List<SourceConfig> sources,
        RepositoryConfig repository,
        StackPolicies policies,
        List<ExportConfig> exports,
        List<AdoptedPlace> adopted) {
    public StackConfig {
        sources = List.copyOf(sources);
        exports = List.copyOf(exports);
        adopted = List.copyOf(adopted);
    }

    /** A stack of which nothing is kept as ordinary files. */
    public StackConfig(String name, List<SourceConfig> sources, RepositoryConfig repository, StackPolicies policies) {
        this(name, sources, repository, policies, List.of(), List.of());
    }

    /** A stack with the usual policies, in UTC. */
    public StackConfig(String name, List<SourceConfig> sources, RepositoryConfig repository) {
        this(name, sources, repository, StackPolicies.standard(ZoneOffset.UTC));
    }

    /** The source of a part: the one with its name, or one database of a source with all. */
    public Optional<SourceConfig> source(String part) {
        return named(part)
                .or(() -> DatabasePart.parse(part)
                        .flatMap(one -> named(one.source())
                                .filter(source -> source instanceof PostgresConfig all
                                        && all.scope().everyDatabase())
                                .map(source -> ((PostgresConfig) source).oneOfAll(one.database(), Among.OTHERS))));
    }

    private Optional<SourceConfig> named(String sourceName) {
        return sources.stream().filter(s -> s.name().equals(sourceName)).findFirst();
    }

    public StackConfig withRepository(RepositoryConfig other) {
        return new StackConfig(name, sources, other, policies, exports, adopted);
    }

    public StackConfig withPolicies(StackPolicies other) {
        return new StackConfig(name, sources, repository, other, exports, adopted);
    }

    public StackConfig withExports(List<ExportConfig> other) {
        return new StackConfig(name, sources, repository, policies, other, adopted);
    }

    /** Whether everything that is kept of it is in one place, and gone with that. */
    public boolean isOneCopyShort() {
        return repository.destinations().size() == 1 && exports.isEmpty();
    }

    /** An arrangement that can only be a mistake: two destinations in one place, a backup that contains itself. */
    public Optional<String> overlap() {
        return Overlap.find(this);
    }
}
