package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Comparer;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Compares a part with a live database, read as one moment of it: definitions and owners, properties of the database, rows
 * and hash of every table, state of every sequence, bytes of every large object. For one thread.
 */
public final class PostgresComparer implements Comparer {
    private final PostgresLocation location;
    private final int connections;
    private final Path scratch;
    private final ClientTools tools;
    private final Duration lockWait;

    /**
     * @param connections how many tables are read at once, 1 to 64
     * @param scratch a folder for schema archives while they are compared
     */
    public PostgresComparer(PostgresLocation location, int connections, Path scratch) {
        this(location, connections, scratch, ClientTools.ofMachine(), PostgresSource.LOCK_WAIT);
    }

    PostgresComparer(PostgresLocation location, int connections, Path scratch, ClientTools tools, Duration lockWait) {
        this.location = location;
        this.connections = connections;
        this.scratch = scratch;
        this.tools = tools;
        this.lockWait = lockWait;
    }

    @Override
    public String kind() {
        return Keys.KIND;
    }

    @Override
    public String location() {
        return location.toString();
    }

    @Override
    public long compare(PartReader part, DifferenceListener differences, Progress progress) {
        try (Route route = Route.open(location)) {
            try {
                return compare(route.location(), part, differences, progress);
            } catch (HoldfastException e) {
                throw route.explained(e);
            }
        }
    }

    private long compare(PostgresLocation server, PartReader part, DifferenceListener differences, Progress progress) {
        Selection selection =
                Keys.read(part, Keys.DATABASE, DatabaseProperties.class).selected();
        // the same look as before a capture: what cannot be read cannot be compared
        try (PostgresSource source =
                new PostgresSource(server, connections, scratch, selection, Among.ALONE, tools, lockWait)) {
            source.preflight();
        }
        try (FrozenDatabase live = FrozenDatabase.freeze(server, selection, lockWait)) {
            return new Comparison(live, part, differences, progress, connections, scratch, tools).run();
        }
    }

    @Override
    public void close() {
        // every connection was closed by what opened it
    }
}
