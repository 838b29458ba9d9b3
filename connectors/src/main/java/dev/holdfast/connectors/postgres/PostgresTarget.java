package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.RestorePlan;
import dev.holdfast.engine.source.RestoreReport;
import dev.holdfast.engine.source.Target;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A database to restore into. It is built beside under a name of its own and gets the final name by a rename, the last step;
 * what had the name before steps aside and is kept, and only if that was allowed. A restore that fails removes what it
 * built. For one thread.
 */
public final class PostgresTarget implements Target {
    private final PostgresLocation location;
    private final PostgresRestore choice;
    private final int connections;
    private final Path scratch;
    private final ClientTools tools;
    private @Nullable Route route;
    private final Duration lockWait;
    private final long pieceBytes;
    private boolean overwrite;

    /**
     * @param location where the database will be: the server, a user who may create databases, and the final name
     * @param connections how many tables are filled at once, 1 to 64
     * @param scratch a folder for the schema's archive while it is used
     */
    public PostgresTarget(PostgresLocation location, int connections, Path scratch) {
        this(location, PostgresRestore.WHOLE, connections, scratch);
    }

    /**
     * @param choice what is restored, where to and for whom
     */
    public PostgresTarget(PostgresLocation location, PostgresRestore choice, int connections, Path scratch) {
        this(
                location,
                choice,
                connections,
                scratch,
                ClientTools.ofMachine(),
                PostgresSource.LOCK_WAIT,
                RowPieces.PIECE_BYTES);
    }

    PostgresTarget(
            PostgresLocation location,
            PostgresRestore choice,
            int connections,
            Path scratch,
            ClientTools tools,
            Duration lockWait,
            long pieceBytes) {
        if (connections < 1 || connections > 64) {
            throw new IllegalArgumentException("1 to 64 connections, not " + connections);
        }
        this.location = location;
        this.choice = choice;
        this.connections = connections;
        this.scratch = scratch;
        this.tools = tools;
        this.lockWait = lockWait;
        this.pieceBytes = pieceBytes;
    }

    @Override
    public String kind() {
        return Keys.KIND;
    }

    @Override
    public String location() {
        return location.toString();
    }

    /** The server that was chosen, which is then used to the end; the database need not exist. */
    private PostgresLocation reached() {
        if (route == null) {
            route = Route.open(location, NewDatabase::administer);
        }
        return route.location();
    }

    @Override
    public RestorePlan plan(PartReader part, boolean mayOverwrite) {
        overwrite = mayOverwrite;
        RestorePlan.Builder plan = RestorePlan.of(part);
        String doing = "looking at database '" + location.database() + "'";
        try (Session admin = NewDatabase.administer(reached())) {
            way(admin, part).plan(admin, plan);
            return plan.build();
        } catch (Exception e) {
            throw failure(e, doing);
        }
    }

    @Override
    public RestoreReport restore(PartReader part, Progress progress) {
        try {
            RestoreWay way;
            try (Session admin = NewDatabase.administer(reached())) {
                way = way(admin, part);
            }
            return way.run(progress);
        } catch (Exception e) {
            throw failure(e, "restoring database '" + location.database() + "'");
        }
    }

    private HoldfastException failure(Exception e, String doing) {
        HoldfastException failure = RestoreFailures.of(e, doing, route == null ? location : route.location(), scratch);
        return route == null ? failure : route.explained(failure);
    }

    private RestoreWay way(Session admin, PartReader part) throws SQLException {
        RestoreJob job = new RestoreJob(
                reached(),
                StoredDatabase.of(part),
                choice,
                overwrite,
                connections,
                scratch,
                tools,
                lockWait,
                pieceBytes);
        if (choice.contents() == PostgresRestore.Contents.DATA) {
            return new IntoTables(job);
        }
        boolean there = DatabaseNames.exists(admin, location.database());
        return choice.isSelective() && there ? new IntoSchema(job) : new IntoDatabase(job);
    }

    @Override
    public void close() {
        if (route != null) {
            route.close();
        }
    }
}
