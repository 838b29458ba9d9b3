package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.DatabaseProperties.Right;
import dev.holdfast.connectors.postgres.DatabaseProperties.Setting;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.source.Finding;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A database under construction: it has a name of its own until it is complete. For one thread. */
final class NewDatabase {
    /** Settings that would get into the way of the restore itself; they come last. */
    private static final Set<String> LATE = Set.of(
            "default_transaction_deferrable",
            "default_transaction_isolation",
            "default_transaction_read_only",
            "local_preload_libraries",
            "role",
            "session_authorization",
            "session_preload_libraries",
            "session_replication_role");

    private final PostgresLocation target;
    private final DatabaseProperties properties;
    private final Consumer<Finding> findings;
    private final String name;

    NewDatabase(PostgresLocation target, DatabaseProperties properties, Consumer<Finding> findings) {
        this.target = target;
        this.properties = properties;
        this.findings = findings;
        this.name = DatabaseNames.unfinished(target.database());
    }

    /** A session to make and rename databases with; never in the target itself. */
    static Session administer(PostgresLocation target) {
        String first = target.database().equals("postgres") ? "template1" : "postgres";
        try {
            return Session.open(target.withDatabase(first));
        } catch (HoldfastException e) {
            boolean closed = e.getCause() instanceof SQLException cause
                    && Set.of("3D000", "42501").contains(SqlFailures.state(cause));
            if (!closed || first.equals("template1")) {
                throw e;
            }
            return Session.open(target.withDatabase("template1"));
        }
    }

    String name() {
        return name;
    }

    PostgresLocation location() {
        return target.withDatabase(name);
    }

    /** Makes it, empty, with what cannot be changed later. */
    void create(Session admin) throws SQLException {
        StringBuilder sql = new StringBuilder("CREATE DATABASE ")
                .append(Sql.name(name))
                .append(" TEMPLATE template0 ENCODING ")
                .append(Sql.literal(properties.encoding()))
                .append(" LC_COLLATE ")
                .append(Sql.literal(properties.collate()))
                .append(" LC_CTYPE ")
                .append(Sql.literal(properties.ctype()));
        if (admin.serverMajor() >= 15) {
            sql.append(" LOCALE_PROVIDER ").append(properties.provider());
        }
        String locale = properties.locale();
        if (locale != null && !properties.provider().equals("libc")) {
            sql.append(properties.provider().equals("icu") ? " ICU_LOCALE " : " BUILTIN_LOCALE ")
                    .append(Sql.literal(locale));
        }
        String rules = properties.icuRules();
        if (rules != null && admin.serverMajor() >= 16) {
            sql.append(" ICU_RULES ").append(Sql.literal(rules));
        }
        if (!properties.tablespace().equals("pg_default")) {
            if (admin.truth(
                    "SELECT EXISTS (SELECT FROM pg_catalog.pg_tablespace WHERE spcname = ?)",
                    properties.tablespace())) {
                sql.append(" TABLESPACE ").append(Sql.name(properties.tablespace()));
            } else {
                find("is in the default tablespace, because '" + properties.tablespace() + "' does not exist");
            }
        }
        admin.run(sql.toString());
    }

    /** Settings that may matter to what the restore computes, such as the time zone. */
    void applyEarlySettings(Session admin) {
        properties.settings().stream().filter(setting -> !isLate(setting)).forEach(setting -> apply(admin, setting));
    }

    private static boolean isLate(Setting setting) {
        String setName = setting.name().toLowerCase(Locale.ROOT);
        return LATE.contains(setName)
                || setName.endsWith("_timeout")
                || !setting.role().isEmpty();
    }

    /** Everything else that pg_dump does not say. */
    void applyProperties(Session admin, RoleChanges roles) {
        for (Setting setting : properties.settings()) {
            if (isLate(setting)) {
                roles.named(setting.role(), properties.owner(), "DATABASE " + target.database())
                        .ifPresent(role -> apply(admin, new Setting(role, setting.name(), setting.value())));
            }
        }
        String comment = properties.comment();
        if (comment != null) {
            attempt(admin, "COMMENT ON DATABASE " + Sql.name(name) + " IS " + Sql.literal(comment));
        }
        Optional<String> owner = roles.owner(properties.owner());
        owner.ifPresent(role -> attempt(admin, "ALTER DATABASE " + Sql.name(name) + " OWNER TO " + Sql.name(role)));
        List<Right> rights = properties.rights();
        if (rights != null && roles.keepsRights()) {
            grant(admin, rights, owner.orElse(target.user()), roles);
        }
        for (SecurityLabel label : properties.labels()) {
            attempt(admin, label.sql("DATABASE " + Sql.name(name)));
        }
        if (properties.template()) {
            // a template cannot be dropped, not even by a restore that fails now
            find("was a template; make it one if it should be: ALTER DATABASE " + Sql.name(target.database())
                    + " IS_TEMPLATE true");
        }
        if (properties.connectionLimit() >= 0) {
            attempt(admin, "ALTER DATABASE " + Sql.name(name) + " CONNECTION LIMIT " + properties.connectionLimit());
        }
    }

    private void grant(Session admin, List<Right> rights, String owner, RoleChanges roles) {
        attempt(admin, "REVOKE ALL ON DATABASE " + Sql.name(name) + " FROM PUBLIC");
        attempt(admin, "REVOKE ALL ON DATABASE " + Sql.name(name) + " FROM " + Sql.name(owner));
        for (Right right : rights) {
            Optional<String> grantee = right.grantee().equals(properties.owner())
                    ? Optional.of(owner)
                    : roles.named(right.grantee(), properties.owner(), "DATABASE " + target.database());
            grantee.ifPresent(role -> attempt(
                    admin,
                    "GRANT " + right.privilege() + " ON DATABASE " + Sql.name(name) + " TO "
                            + (role.isEmpty() ? "PUBLIC" : Sql.name(role))
                            + (right.grantable() ? " WITH GRANT OPTION" : "")));
        }
    }

    private void apply(Session admin, Setting setting) {
        attempt(
                admin,
                (setting.role().isEmpty()
                                ? "ALTER DATABASE " + Sql.name(name)
                                : "ALTER ROLE " + Sql.name(setting.role()) + " IN DATABASE " + Sql.name(name))
                        + " SET " + settingName(setting.name()) + " TO "
                        + Sql.setting(setting.name(), setting.value()));
    }

    /** The parts of a name with a dot are quoted one by one. */
    private static String settingName(String name) {
        return String.join(".", Arrays.stream(name.split("\\.")).map(Sql::name).toList());
    }

    private void attempt(Session admin, String sql) {
        try {
            admin.run(sql);
        } catch (SQLException e) {
            if (SqlFailures.isLost(e)) {
                throw SqlFailures.restoring(e, "giving database '" + target.database() + "' its properties", target);
            }
            find("is not as it was: " + sql.replace(name, target.database()) + " failed: " + SqlFailures.said(e));
        }
    }

    private void find(String what) {
        findings.accept(new Finding("database '" + target.database() + "'", what));
    }

    /** Removes it if it is there. */
    void drop(Session admin) throws SQLException {
        admin.run("DROP DATABASE IF EXISTS " + Sql.name(name) + " WITH (FORCE)");
    }
}
