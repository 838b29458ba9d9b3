package dev.holdfast.control.operation;

import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.engine.source.Comparer;
import dev.holdfast.engine.source.Source;
import dev.holdfast.engine.source.Target;
import dev.holdfast.engine.store.ObjectStore;

/** Makes what reaches foreign systems. Nothing is contacted before the first use of what was made. */
public interface Connectors {
    ObjectStore store(DestinationConfig destination);

    /**
     * @param repository where its copies are is never part of a source
     */
    Source source(SourceConfig source, RepositoryConfig repository);

    /**
     * Asks what a source consists of now.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if what it is made of has to be asked for and does not answer
     */
    default Expansion expand(SourceConfig source) {
        return Expansion.of(source);
    }

    /**
     * @param place where to restore to
     */
    Target target(SourceConfig place);

    /**
     * @param place what to compare with
     * @param repository where its copies are does not count
     */
    Comparer comparer(SourceConfig place, RepositoryConfig repository);
}
