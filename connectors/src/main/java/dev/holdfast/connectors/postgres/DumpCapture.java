package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.source.Source;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Captures what is in a dump like any database: it is restored into a server of its own, which is gone afterwards. For one thread.
 *
 * <p>Roles that the dump names exist there, and come into the capture without a password and without any power.
 */
public final class DumpCapture {
    private final ClientTools tools;
    private final Path scratch;
    private final int connections;
    private final Runnable heartbeat;

    /**
     * @param scratch folder in which that of the server is made
     * @param connections how many tables are read at once
     * @param heartbeat called about every second while it is restored; if it throws, that ends
     */
    public DumpCapture(ClientTools tools, Path scratch, int connections, Runnable heartbeat) {
        this.tools = tools;
        this.scratch = scratch;
        this.connections = connections;
        this.heartbeat = heartbeat;
    }

    /**
     * @param dump of one database
     * @param owner role that owns what the dump gives to nobody
     * @param database its name
     * @param then captures it; what it returns is returned
     * @throws dev.holdfast.engine.error.HoldfastException if it cannot be restored whole, or not be captured
     */
    public <T> T run(TrialDump dump, String owner, String database, Function<Source, T> then) {
        try (OwnServer server = OwnServer.start(tools, scratch)) {
            return new TrialRestore(server, tools, heartbeat)
                    .run(dump, () -> server.database(owner, database), (restored, _) -> {
                        PostgresLocation location = server.settled(database);
                        try (PostgresSource source =
                                new PostgresSource(location, connections, scratch, Selection.EVERYTHING, Among.ALONE)) {
                            return then.apply(source);
                        }
                    });
        }
    }
}
