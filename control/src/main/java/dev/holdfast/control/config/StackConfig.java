package dev.holdfast.control.config;

import java.util.List;
import java.util.Optional;

/**
 * What is protected together, and where it is kept.
 *
 * @param name the stack's name
 * @param sources what belongs to it, at least one, in the order of the file
 * @param repository where it is kept
 */
public record StackConfig(String name, List<SourceConfig> sources, RepositoryConfig repository) {
    public StackConfig {
        sources = List.copyOf(sources);
    }

    public Optional<SourceConfig> source(String sourceName) {
        return sources.stream().filter(s -> s.name().equals(sourceName)).findFirst();
    }

    public StackConfig withRepository(RepositoryConfig other) {
        return new StackConfig(name, sources, other);
    }
}
