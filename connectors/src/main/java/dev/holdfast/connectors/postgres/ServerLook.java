package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.Roles.Role;
import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.Finding;
import dev.holdfast.engine.source.RestorePlan;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Looks whether a server can take a part, and writes down in a plan what it saw. Changes nothing. For one thread. */
final class ServerLook {
    /** Rows and their indexes a second that two cores took in, from wide rows without to narrow rows with many indexes. */
    private static final long FAST_BYTES = 60_000_000;

    private static final long SLOW_BYTES = 8_000_000;
    private static final Duration LEAST = Duration.ofSeconds(2);

    private final RestoreJob job;
    private final Session admin;
    private final RestorePlan.Builder plan;
    private final DatabaseProperties captured;

    ServerLook(RestoreJob job, Session admin, RestorePlan.Builder plan) {
        this.job = job;
        this.admin = admin;
        this.plan = plan;
        this.captured = job.stored().properties();
    }

    /** Something that throws where it is not content. */
    interface Check {
        void run() throws SQLException;
    }

    /** What throws becomes an obstacle, and the look goes on. */
    void attempt(Check check) throws SQLException {
        try {
            check.run();
        } catch (HoldfastException e) {
            plan.obstacle(e);
        }
    }

    /** What every way of restoring needs. */
    void versions() throws SQLException {
        plan.fact(
                "server",
                "PostgreSQL " + admin.serverVersion() + " at " + job.location().server());
        plan.fact(
                "snapshot",
                "PostgreSQL " + captured.serverVersion() + ", definitions by pg_dump " + captured.dumpMajor());
        attempt(() -> PostgresSource.checkServer(admin));
        if (admin.serverMajor() < captured.serverMajor()) {
            plan.finding(new Finding(
                    "server " + job.location().server(),
                    "is older than the one captured (" + admin.serverVersion() + ", was " + captured.serverVersion()
                            + "); what it does not know ends the restore"));
        }
    }

    void restoreTool() throws SQLException {
        attempt(() -> {
            ClientTools.Tool tool = job.tools().restore(admin.serverMajor(), captured.dumpMajor());
            plan.fact("pg-restore", tool.version() + " (" + tool.path() + ")");
        });
    }

    void mayCreateDatabases() throws SQLException {
        if (!admin.truth("SELECT rolsuper OR rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = current_user")) {
            plan.obstacle(new AccessDenied(
                    ErrorCode.DATABASE_ACCESS_DENIED,
                    "user '" + job.location().user() + "' may not create databases on server "
                            + job.location().server(),
                    "let a superuser run: ALTER ROLE " + Sql.name(job.location().user()) + " CREATEDB."));
        }
    }

    /** Extensions that the server has to offer. */
    void extensions(Map<String, String> needed) throws SQLException {
        Map<String, String> available = new HashMap<>();
        admin.each(
                "SELECT name::text, coalesce(default_version::text, '') FROM pg_catalog.pg_available_extensions",
                row -> available.put(row.getString(1), row.getString(2)));
        List<String> seen = new ArrayList<>();
        List<String> lacking = new ArrayList<>();
        needed.forEach((name, version) -> {
            String here = available.get(name);
            if (here == null) {
                lacking.add(name + " " + version);
            }
            seen.add(name + " " + version
                    + (here == null
                            ? ", NOT AVAILABLE here"
                            : here.equals(version) || here.isEmpty() ? "" : ", here " + here));
        });
        plan.fact("extensions", seen);
        if (!lacking.isEmpty()) {
            plan.obstacle(new Failed(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    "server " + job.location().server() + " has not the extensions that the snapshot needs: "
                            + String.join(", ", lacking),
                    "install their packages on the database server."));
        }
    }

    /** Encoding, locale and what sorting depends on. */
    void locale() throws SQLException {
        plan.fact(
                "locale",
                captured.encoding() + ", " + captured.provider() + " " + captured.collate()
                        + (captured.ctype().equals(captured.collate()) ? "" : " / " + captured.ctype())
                        + (captured.locale() == null ? "" : " " + captured.locale()));
        collationVersion();
        int needed = switch (captured.provider()) {
            case "icu" -> 15;
            case "builtin" -> 17;
            default -> Session.OLDEST_MAJOR;
        };
        if (admin.serverMajor() < needed) {
            plan.obstacle(new Failed(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    "the snapshot's locale provider '" + captured.provider() + "' needs PostgreSQL " + needed
                            + ", server " + job.location().server() + " is " + admin.serverVersion(),
                    "restore to a newer server."));
        }
        Set<String> known = new HashSet<>();
        admin.each(
                "SELECT collcollate::text FROM pg_catalog.pg_collation WHERE collprovider = 'c' AND collcollate IS NOT NULL"
                        + " UNION SELECT datcollate::text FROM pg_catalog.pg_database",
                row -> known.add(normalized(row.getString(1))));
        for (String name : new TreeSet<>(List.of(captured.collate(), captured.ctype()))) {
            if (!known.contains(normalized(name))) {
                plan.finding(new Finding(
                        "locale '" + name + "'",
                        "is not among those the server knows; if its system lacks it, the database cannot be created"));
            }
        }
    }

    /** Systems write {@code de_DE.UTF-8} and {@code de_DE.utf8} and mean the same. */
    private static String normalized(String locale) {
        return locale.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9@_.]", "");
    }

    private void collationVersion() throws SQLException {
        String before = captured.collationVersion();
        if (before == null || admin.serverMajor() < 15) {
            return;
        }
        String here = admin.textOrNull(
                "SELECT pg_catalog.pg_collation_actual_version(oid) FROM pg_catalog.pg_collation"
                        + " WHERE collprovider = ? AND coalesce("
                        + (admin.serverMajor() >= 17 ? "colllocale" : "colliculocale") + ", collcollate) = ? LIMIT 1",
                captured.provider().equals("icu") ? "i" : "c",
                captured.locale() == null ? captured.collate() : captured.locale());
        if (here != null) {
            plan.fact(
                    "collation-version",
                    before
                            + (here.equals(before)
                                    ? ""
                                    : ", here " + here + ": texts may be sorted differently; indexes are made anew"));
        }
    }

    /**
     * Roles that would be made and those that cannot be.
     *
     * @param wanted which are made where they are missing
     * @return those that would be there afterwards and are not yet
     */
    Set<String> roles(RoleUse use, Predicate<Role> wanted) throws SQLException {
        Set<String> made = new TreeSet<>();
        List<Role> lacking = RoleRestore.lacking(admin, job.stored().roles(), wanted);
        boolean superuser = admin.truth("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user");
        boolean creator = admin.truth("SELECT rolcreaterole FROM pg_catalog.pg_roles WHERE rolname = current_user");
        for (Role role : lacking) {
            boolean ordinary = !role.superuser() && !role.replication() && !role.bypassRowSecurity();
            if (superuser || (creator && ordinary)) {
                made.add(role.name());
            } else {
                plan.finding(new Finding(
                        "role '" + role.name() + "'",
                        "does not exist, and user '" + job.location().user() + "' may not create it"));
            }
        }
        plan.fact("roles-created", List.copyOf(made));
        Set<String> there = RoleChanges.Server.of(admin, made).roles();
        for (String name : use.named()) {
            if (!there.contains(name)) {
                plan.obstacle(new Missing(
                        ErrorCode.DATABASE_RESTORE_FAILED,
                        "role '" + name + "' does not exist on server "
                                + job.location().server(),
                        "create it first: CREATE ROLE " + Sql.name(name) + "."));
            }
        }
        return made;
    }

    /** What will be left out, as far as it is known now. */
    void omissions(SchemaArchive archive, Chosen chosen, Set<String> made) throws Exception {
        RoleChanges changes =
                new RoleChanges(job.choice().ownership(), job.location().user(), RoleChanges.Server.of(admin, made));
        archive.items(item -> {
            if (chosen.definitions().test(item)) {
                changes.edit(item);
            }
        });
        changes.report(plan::finding, job.stored()::tablespaceCommands);
        chosen.leftOut().forEach(plan::finding);
    }

    /** How much there is to do, and what that takes. */
    void amounts(Chosen chosen, boolean compared) {
        long bytes = chosen.bytes(job.stored());
        plan.restores(chosen.entries(), bytes);
        plan.items(chosen.items());
        plan.fact(
                "room",
                "with indexes one to three times the amount, beside what is there; the server cannot be asked how much it"
                        + " has");
        long passes = compared ? 2 : 1;
        plan.estimate(
                LEAST.plusMillis(1000 * bytes / FAST_BYTES),
                LEAST.plusMillis(passes * 1000 * bytes / SLOW_BYTES),
                "8 to 60 MB of rows a second, as seen on two cores with few and with many indexes"
                        + (compared ? ", and reading them again" : "")
                        + "; neither this server nor this repository was measured");
    }
}
