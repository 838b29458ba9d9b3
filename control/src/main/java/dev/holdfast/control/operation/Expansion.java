package dev.holdfast.control.operation;

import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.engine.source.Finding;
import java.util.List;
import java.util.Set;

/**
 * What a source consists of at this moment: itself, or a source for each database of its server.
 *
 * @param sources what is captured, each a part of its own
 * @param present names of the parts that could be captured, whether they are or not
 * @param findings what somebody should know about those that are not
 */
public record Expansion(List<SourceConfig> sources, Set<String> present, List<Finding> findings) {
    public Expansion {
        sources = List.copyOf(sources);
        present = Set.copyOf(present);
        findings = List.copyOf(findings);
    }

    /** Whether it has to be asked what a source consists of. */
    static boolean asks(SourceConfig source) {
        return source instanceof PostgresConfig postgres && postgres.scope().everyDatabase();
    }

    /** A source that is one part. */
    public static Expansion of(SourceConfig source) {
        return new Expansion(List.of(source), Set.of(source.name()), List.of());
    }
}
