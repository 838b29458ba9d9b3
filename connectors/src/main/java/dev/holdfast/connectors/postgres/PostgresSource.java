package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Catalog.Sequence;
import dev.holdfast.connectors.postgres.Catalog.Table;
import dev.holdfast.connectors.postgres.ClientTools.Tool;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.Checkup;
import dev.holdfast.engine.source.Diagnosis;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Source;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL database, read as one moment of it. {@link #freeze} locks every table and then takes the snapshot, so a
 * table that somebody empties or rewrites meanwhile waits for us; the schema comes from pg_dump, the rows from parallel COPY,
 * largest table first. For one thread.
 */
public final class PostgresSource implements Source {
    /** How long to wait for somebody who is changing a table. */
    static final Duration LOCK_WAIT = Duration.ofSeconds(30);

    /** How long a server may be silent in the middle of a table before it is taken for lost. */
    static final Duration STALL = Duration.ofMinutes(15);

    private static final int NAMED = 10;

    private final PostgresLocation location;
    private final int connections;
    private final Path scratch;
    private final Selection selection;
    private final Among among;
    private final ClientTools tools;
    private final Duration lockWait;
    private @Nullable Route route;
    private @Nullable FrozenDatabase frozen;
    private @Nullable Tool dump;

    /**
     * @param connections how many tables are read at once, 1 to 64; three more connections are used for the rest
     * @param scratch a folder for the schema's archive while it is made
     */
    public PostgresSource(PostgresLocation location, int connections, Path scratch) {
        this(location, connections, scratch, Selection.EVERYTHING, Among.ALONE);
    }

    /**
     * @param selection what of it is captured
     * @param among whether all others of the server are, too
     */
    public PostgresSource(PostgresLocation location, int connections, Path scratch, Selection selection, Among among) {
        this(location, connections, scratch, selection, among, ClientTools.ofMachine(), LOCK_WAIT);
    }

    PostgresSource(PostgresLocation location, int connections, Path scratch, ClientTools tools, Duration lockWait) {
        this(location, connections, scratch, Selection.EVERYTHING, Among.ALONE, tools, lockWait);
    }

    PostgresSource(
            PostgresLocation location,
            int connections,
            Path scratch,
            Selection selection,
            Among among,
            ClientTools tools,
            Duration lockWait) {
        if (connections < 1 || connections > 64) {
            throw new IllegalArgumentException("1 to 64 connections, not " + connections);
        }
        this.location = location;
        this.connections = connections;
        this.scratch = scratch;
        this.selection = selection;
        this.among = among;
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

    /** The server that was chosen, which is then used to the end. */
    private PostgresLocation reached() {
        if (route == null) {
            route = Route.open(location);
        }
        return route.location();
    }

    @Override
    public void preflight() {
        try (Session session = Session.open(reached())) {
            dump = new Preflight(session.location(), connections, selection, tools).require(session);
        } catch (SQLException e) {
            throw SqlFailures.reading(e, "looking at database '" + location.database() + "'", location);
        }
    }

    @Override
    public Checkup diagnose() {
        List<Diagnosis> found = new ArrayList<>();
        OptionalLong bytes = OptionalLong.empty();
        try (Session session = Session.open(reached())) {
            found.add(Diagnosis.ok("connection", session.location().way()));
            Preflight preflight = new Preflight(session.location(), connections, selection, tools);
            found.addAll(preflight.diagnose(session));
            bytes = OptionalLong.of(
                    Long.parseLong(session.text("SELECT pg_catalog.pg_database_size(pg_catalog.current_database())")));
            found.addAll(new Examination(session, preflight, tools, scratch).run());
        } catch (HoldfastException e) {
            found.add(Diagnosis.problem("connection", e));
        } catch (SQLException e) {
            found.add(Diagnosis.problem(
                    "database", SqlFailures.reading(e, "looking at database '" + location.database() + "'", location)));
        }
        return new Checkup(found, bytes);
    }

    static void checkServer(Session session) {
        if (session.serverMajor() < Session.OLDEST_MAJOR) {
            throw new Unsupported(
                    ErrorCode.DATABASE_DUMP_FAILED,
                    "server " + session.location().server() + " is PostgreSQL " + session.serverVersion()
                            + ", supported are " + Session.OLDEST_MAJOR + " to " + Session.NEWEST_TESTED_MAJOR,
                    "upgrade the server.");
        }
    }

    static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
    }

    @Override
    public void freeze() {
        if (frozen != null) {
            throw new IllegalStateException("frozen before");
        }
        frozen = FrozenDatabase.freeze(reached(), selection, lockWait);
    }

    @Override
    public Map<String, String> capture(PartWriter part) {
        FrozenDatabase moment = frozen;
        if (moment == null) {
            throw new IllegalStateException("not frozen");
        }
        Tool program = dump == null ? tools.dump(moment.leader().serverMajor()) : dump;
        location.passwordFileIgnored()
                .ifPresent(why -> part.find(new Finding("database '" + location.database() + "'", why)));
        try {
            return new Capture(moment, part, program, connections, scratch, among).run();
        } catch (HoldfastException e) {
            throw route == null ? e : route.explained(e);
        }
    }

    /** For tests: what is locked. */
    List<Table> lockedTables() {
        return frozen == null ? List.of() : frozen.tables();
    }

    /** For tests: what the sequences said. */
    List<Sequence> sequences() {
        return frozen == null ? List.of() : frozen.sequences();
    }

    @Override
    public void close() {
        if (frozen != null) {
            frozen.close();
        }
        if (route != null) {
            route.close();
        }
    }
}
