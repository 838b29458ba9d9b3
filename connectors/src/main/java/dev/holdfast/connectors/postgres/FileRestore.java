package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.PostgresRestore.Ownership;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.source.Finding;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Restores a dump of another tool into a database in use: it is built beside under another name, its rows are counted, and only then it
 * takes the name. Until then nothing that is there is touched. For one thread.
 */
public final class FileRestore {
    /** What people made, in any schema of theirs. */
    private static final String CONTENTS = """
            SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
                      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass
                                      AND d.objid = c.oid AND d.deptype = 'e'))
                 + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                    WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
                      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass
                                      AND d.objid = p.oid AND d.deptype = 'e'))
                 + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_namespace
                    WHERE nspname NOT IN ('information_schema', 'public') AND nspname !~ '^pg_')
                 + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata)""";

    private static final Ownership AS_IT_WAS = new Ownership(Optional.empty(), Map.of(), true, true);

    private final PostgresLocation wanted;
    private final boolean overwrite;
    private final boolean keepsOwners;
    private final boolean keepsReplaced;
    private final ClientTools tools;
    private final Runnable heartbeat;

    /**
     * @param wanted the database
     * @param overwrite whether it may be replaced if something is in it
     * @param keepsOwners whether owners and rights are restored; the roles have to exist
     * @param keepsReplaced whether what was replaced is kept under another name
     * @param heartbeat called about every second; if it throws, the restore ends
     */
    public FileRestore(
            PostgresLocation wanted,
            boolean overwrite,
            boolean keepsOwners,
            boolean keepsReplaced,
            ClientTools tools,
            Runnable heartbeat) {
        this.wanted = wanted;
        this.overwrite = overwrite;
        this.keepsOwners = keepsOwners;
        this.keepsReplaced = keepsReplaced;
        this.tools = tools;
        this.heartbeat = heartbeat;
    }

    /**
     * What would be done.
     *
     * @param location of the database, for people
     * @param losses what would be replaced, in whole sentences
     * @param obstacle why it cannot be done
     */
    public record Plan(String location, List<String> losses, Optional<HoldfastException> obstacle) {
        public Plan {
            losses = List.copyOf(losses);
        }
    }

    /**
     * What was done.
     *
     * @param report what came back, counted
     * @param kept name of the database that was replaced; empty if there is none
     * @param findings what somebody should know
     */
    public record Result(TrialReport report, Optional<String> kept, List<Finding> findings) {
        public Result {
            findings = List.copyOf(findings);
        }
    }

    /**
     * Looks at what is there.
     *
     * @throws HoldfastException if the server cannot be reached
     */
    public Plan plan() {
        try (Route route = Route.open(wanted, NewDatabase::administer);
                Session admin = NewDatabase.administer(route.location())) {
            return plan(route.location(), admin);
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "looking at database '" + wanted.database() + "'", wanted);
        }
    }

    private Plan plan(PostgresLocation target, Session admin) throws SQLException {
        String location = "database '" + target.database() + "' on server " + target.server();
        if (!DatabaseNames.exists(admin, target.database()) || contents(target) == 0) {
            return new Plan(location, List.of(), Optional.empty());
        }
        if (!overwrite) {
            return new Plan(location, List.of(), Optional.of(exists(target)));
        }
        return new Plan(
                location,
                List.of(
                        "What is in " + location + " will be replaced"
                                + (keepsReplaced
                                        ? "; it is kept under the name '"
                                                + DatabaseNames.beside(target.database(), "_before_<time>") + "'."
                                        : " and dropped."),
                        "Whoever is connected to it will be disconnected."),
                Optional.empty());
    }

    private static AlreadyExists exists(PostgresLocation target) {
        return new AlreadyExists(
                ErrorCode.DATABASE_EXISTS,
                "database '" + target.database() + "' on server " + target.server() + " is not empty",
                "restore under another name, or allow it to be replaced with --overwrite.");
    }

    private static long contents(PostgresLocation target) throws SQLException {
        try (Session session = Session.open(target)) {
            return Long.parseLong(session.text(CONTENTS));
        }
    }

    /**
     * @param dump of one database
     * @throws HoldfastException if any of it cannot be restored; then what was there is untouched
     */
    public Result run(TrialDump dump) {
        if (dump.contents().ofServer()) {
            throw new Unsupported(
                    ErrorCode.USAGE,
                    "'" + dump.where() + "' makes databases and roles of its own, and cannot be restored into one",
                    "give it to psql, connected to a server that has none of them.");
        }
        try (Route route = Route.open(wanted, NewDatabase::administer);
                Session admin = NewDatabase.administer(route.location())) {
            return run(dump, route.location(), admin);
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "restoring database '" + wanted.database() + "'", wanted);
        }
    }

    private Result run(TrialDump dump, PostgresLocation target, Session admin) throws SQLException {
        boolean replaces = DatabaseNames.exists(admin, target.database());
        boolean full = replaces && contents(target) > 0;
        if (full && !overwrite) {
            throw exists(target);
        }
        List<Finding> findings = new ArrayList<>();
        Beside beside = new Beside(target, admin, replaces ? properties(target) : null, findings::add);
        return new TrialRestore(beside, tools, heartbeat).run(dump, beside::database, (_, report) -> {
            beside.finish();
            Optional<String> kept = swapped(target, admin, beside, full, findings);
            return new Result(report, kept, findings);
        });
    }

    private static DatabaseProperties properties(PostgresLocation target) throws SQLException {
        try (Session session = Session.open(target)) {
            return DatabaseProperties.of(session, session.serverMajor());
        }
    }

    private Optional<String> swapped(
            PostgresLocation target, Session admin, Beside beside, boolean full, List<Finding> findings) {
        try {
            // one that was empty is looked at again when nobody reaches it any more
            Optional<String> kept =
                    new DatabaseSwap(target, beside.name, true, keepsReplaced || !full, findings::add).run(admin);
            beside.isThere = false;
            return full ? kept : kept.filter(aside -> !isDroppedEmpty(target.withDatabase(aside), findings));
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "giving database '" + target.database() + "' its name", target);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "the restore was stopped", "", e);
        }
    }

    /** Somebody may have written into it since it was empty: then it stays, and that is told. */
    private static boolean isDroppedEmpty(PostgresLocation aside, List<Finding> findings) {
        try {
            if (contents(aside) > 0) {
                findings.add(
                        new Finding(
                                "database '" + aside.database() + "'",
                                "was empty when the restore began and is not any more; what was written into it meanwhile is there"));
                return false;
            }
            try (Session admin = NewDatabase.administer(aside)) {
                admin.run("DROP DATABASE " + Sql.name(aside.database()) + " WITH (FORCE)");
            }
            return true;
        } catch (SQLException | HoldfastException e) {
            findings.add(new Finding(
                    "database '" + aside.database() + "'",
                    "was replaced and is still there: "
                            + (e instanceof SQLException sql
                                    ? SqlFailures.said(sql)
                                    : String.valueOf(e.getMessage()))));
            return false;
        }
    }

    /** The server of the database, in which one is built under another name. For one thread. */
    private final class Beside implements ScratchServer {
        private final PostgresLocation target;
        private final Session admin;
        private final @Nullable NewDatabase like;
        private final String name;
        private boolean isThere;

        /**
         * @param present what belongs to the one that is there; null if there is none
         */
        Beside(
                PostgresLocation target,
                Session admin,
                @Nullable DatabaseProperties present,
                Consumer<Finding> findings) {
            this.target = target;
            this.admin = admin;
            this.like = present == null ? null : new NewDatabase(target, present, findings);
            this.name = like == null ? DatabaseNames.unfinished(target.database()) : like.name();
        }

        @Override
        public String location() {
            return target.server();
        }

        @Override
        public int major() {
            return admin.serverMajor();
        }

        @Override
        public boolean own() {
            return keepsOwners;
        }

        @Override
        public OptionalLong freeBytes() {
            return OptionalLong.empty();
        }

        @Override
        public ScratchDatabase database() {
            try {
                if (like == null) {
                    admin.run("CREATE DATABASE " + Sql.name(name) + " TEMPLATE template0 ENCODING 'UTF8'");
                    isThere = true;
                } else {
                    like.create(admin);
                    isThere = true;
                    like.applyEarlySettings(admin);
                }
                return new ScratchDatabase(target.withDatabase(name), major(), this::drop);
            } catch (SQLException e) {
                throw withoutIt(
                        SqlFailures.restoring(e, "making a database beside '" + target.database() + "'", target));
            } catch (HoldfastException e) {
                throw withoutIt(e);
            }
        }

        private HoldfastException withoutIt(HoldfastException failure) {
            try {
                drop();
            } catch (HoldfastException e) {
                failure.addSuppressed(e);
            }
            return failure;
        }

        /** What the one that steps aside had, and statistics. */
        void finish() {
            try {
                try (Session session = Session.open(target.withDatabase(name))) {
                    for (String statement : Catalog.analyze(session)) {
                        session.run(statement);
                    }
                }
                if (like != null) {
                    like.applyProperties(
                            admin, new RoleChanges(AS_IT_WAS, target.user(), RoleChanges.Server.of(admin, Set.of())));
                }
            } catch (SQLException e) {
                throw SqlFailures.restoring(e, "finishing database '" + target.database() + "'", target);
            }
        }

        private void drop() {
            if (!isThere) {
                return;
            }
            try (Session another = NewDatabase.administer(target)) {
                another.run("DROP DATABASE IF EXISTS " + Sql.name(name) + " WITH (FORCE)");
            } catch (SQLException e) {
                throw SqlFailures.restoring(e, "dropping the unfinished database '" + name + "'", target);
            }
        }

        @Override
        public void close() {
            // the session is another's
        }
    }
}
