package dev.holdfast.control.operation;

import dev.holdfast.control.config.DatabasePart;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The sources of one run in the order in which they are captured: databases, then buckets, then directories. A source with
 * all databases is one for each; a database that is dropped before its moment is fixed is left out and told.
 */
final class OpenSources implements AutoCloseable {
    private final List<Group> groups = new ArrayList<>();
    private final List<Named> sources = new ArrayList<>();

    private OpenSources() {}

    /** The databases of one server, and what is to be said about those that are not captured. */
    private record Group(String source, Set<String> present, List<Finding> findings) {
        boolean has(Part part) {
            return DatabasePart.parse(part.name())
                    .filter(database -> database.source().equals(source))
                    .isPresent();
        }
    }

    static OpenSources of(Map<SourceConfig, Expansion> expansions, RepositoryConfig repository, Connectors connectors) {
        OpenSources opened = new OpenSources();
        try {
            expansions.entrySet().stream()
                    .sorted(Comparator.comparingInt(
                            source -> Order.of(source.getKey().kind())))
                    .forEach(source -> opened.add(source.getKey().name(), source.getValue(), repository, connectors));
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void add(String name, Expansion expansion, RepositoryConfig repository, Connectors connectors) {
        Group group = new Group(name, expansion.present(), new ArrayList<>(expansion.findings()));
        groups.add(group);
        expansion
                .sources()
                .forEach(config ->
                        sources.add(new Named(config.name(), connectors.source(config, repository), group.findings())));
    }

    /** Tells which databases an earlier snapshot of a stack has that are no longer there. */
    void notePassing(List<Snapshot> snapshots, String stack) {
        for (Group group : groups) {
            snapshots.reversed().stream()
                    .filter(snapshot -> snapshot.stack().equals(stack)
                            && snapshot.parts().stream().anyMatch(group::has))
                    .findFirst()
                    .ifPresent(before -> before.parts().stream()
                            .filter(part -> group.has(part) && !group.present().contains(part.name()))
                            .forEach(part -> group.findings()
                                    .add(new Finding(
                                            part.name(),
                                            "is in snapshot " + before.id()
                                                    + ", but the server has no such database any more"))));
        }
    }

    /** Visits all in order. */
    void each(Consumer<Named> visitor) {
        sources.stream().filter(source -> !source.gone).forEach(visitor);
    }

    @Override
    public void close() {
        sources.forEach(Named::close);
    }

    /** A source with its name in the stack. */
    static final class Named {
        private final String name;
        private final Source source;
        private final List<Finding> findings;
        private boolean gone;
        private boolean closed;

        /**
         * @param findings told with the first part that shares them
         */
        Named(String name, Source source, List<Finding> findings) {
            this.name = name;
            this.source = source;
            this.findings = findings;
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
            unlessGone(source::preflight);
        }

        void freeze() {
            unlessGone(source::freeze);
        }

        private void unlessGone(Runnable step) {
            try {
                step.run();
            } catch (Missing e) {
                if (e.code() != ErrorCode.DATABASE_MISSING
                        || DatabasePart.parse(name).isEmpty()) {
                    throw e;
                }
                gone = true;
                findings.add(new Finding(name, "was dropped while the backup began, and is not in the snapshot"));
            }
        }

        Map<String, String> capture(PartWriter part) {
            findings.forEach(part::find);
            findings.clear();
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
