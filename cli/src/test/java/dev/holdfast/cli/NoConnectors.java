package dev.holdfast.cli;

import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.engine.source.Comparer;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Source;
import dev.holdfast.engine.source.Target;
import dev.holdfast.engine.store.ObjectStore;
import java.util.Map;

/** Reaches nothing. */
final class NoConnectors implements Connectors {
    @Override
    public ObjectStore store(DestinationConfig destination) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Source source(SourceConfig source, RepositoryConfig repository) {
        return new Source() {
            @Override
            public String kind() {
                return source.kind();
            }

            @Override
            public String location() {
                return "nowhere";
            }

            @Override
            public void preflight() {}

            @Override
            public void freeze() {}

            @Override
            public Map<String, String> capture(PartWriter part) {
                return Map.of();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Target target(SourceConfig place, PostgresRestore database) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Comparer comparer(SourceConfig place, RepositoryConfig repository) {
        throw new UnsupportedOperationException();
    }
}
