package dev.holdfast.control.operation;

import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The sources of one run in the order in which they are captured: databases, then buckets, then directories. */
final class OpenSources implements AutoCloseable {
    private final List<Named> sources;

    private OpenSources(List<Named> sources) {
        this.sources = sources;
    }

    static OpenSources of(List<SourceConfig> configs, RepositoryConfig repository, Connectors connectors) {
        OpenSources opened = new OpenSources(new ArrayList<>());
        try {
            configs.stream()
                    .sorted(Comparator.comparingInt(config -> Order.of(config.kind())))
                    .forEach(config ->
                            opened.sources.add(new Named(config.name(), connectors.source(config, repository))));
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Visits all in order. */
    void each(Consumer<Named> visitor) {
        sources.forEach(visitor);
    }

    @Override
    public void close() {
        sources.forEach(Named::close);
    }

    /** A source with its name in the stack. */
    static final class Named {
        private final String name;
        private final Source source;
        private boolean closed;

        Named(String name, Source source) {
            this.name = name;
            this.source = source;
        }

        String name() {
            return name;
        }

        String kind() {
            return source.kind();
        }

        String location() {
            return source.location();
        }

        void preflight() {
            source.preflight();
        }

        void freeze() {
            source.freeze();
        }

        Map<String, String> capture(PartWriter part) {
            return source.capture(part);
        }

        /** Lets go of it; a captured database does not keep its snapshot open while buckets are read. */
        void close() {
            if (!closed) {
                closed = true;
                source.close();
            }
        }
    }
}
