package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.DatabaseProperties.Setting;
import dev.holdfast.connectors.postgres.Roles.Membership;
import dev.holdfast.connectors.postgres.Roles.Role;
import dev.holdfast.engine.source.Finding;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Makes the roles a database needs where they are missing. A role that exists is never changed. For one thread. */
final class RoleRestore {
    private final Session admin;
    private final Consumer<Finding> findings;
    private final List<String> created = new ArrayList<>();

    RoleRestore(Session admin, Consumer<Finding> findings) {
        this.admin = admin;
        this.findings = findings;
    }

    /** Roles of a snapshot that a restore would make. */
    static List<Role> lacking(Session admin, Roles roles, Predicate<Role> wanted) throws SQLException {
        Set<String> present =
                new HashSet<>(admin.list("SELECT rolname::text FROM pg_catalog.pg_roles", row -> row.getString(1)));
        return roles.roles().stream()
                .filter(role -> !present.contains(role.name()) && wanted.test(role))
                .toList();
    }

    void restore(Roles roles, Predicate<Role> wanted) throws SQLException {
        lacking(admin, roles, wanted).forEach(this::create);
        for (Membership membership : roles.memberships()) {
            if (created.contains(membership.role()) || created.contains(membership.member())) {
                grant(membership);
            }
        }
    }

    private void create(Role role) {
        try {
            admin.run(role.create());
            created.add(role.name());
        } catch (SQLException e) {
            find(role.name(), "could not be created: " + SqlFailures.said(e));
            return;
        }
        if (role.login() && role.password() == null) {
            find(role.name(), "was created without a password, which is not in the snapshot; give it one");
        }
        for (Setting setting : role.settings()) {
            attempt(
                    role.name(),
                    "ALTER ROLE " + Sql.name(role.name()) + " SET " + Sql.name(setting.name()) + " TO "
                            + Sql.setting(setting.name(), setting.value()));
        }
        String comment = role.comment();
        if (comment != null) {
            attempt(role.name(), "COMMENT ON ROLE " + Sql.name(role.name()) + " IS " + Sql.literal(comment));
        }
    }

    private void grant(Membership membership) throws SQLException {
        if (exists(membership.role()) && exists(membership.member())) {
            attempt(
                    membership.member(),
                    "GRANT " + Sql.name(membership.role()) + " TO " + Sql.name(membership.member())
                            + (membership.admin() ? " WITH ADMIN OPTION" : ""));
        }
    }

    private boolean exists(String role) throws SQLException {
        return admin.truth("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ?)", role);
    }

    private void attempt(String role, String sql) {
        try {
            admin.run(sql);
        } catch (SQLException e) {
            find(role, "is not as it was: " + sql + " failed: " + SqlFailures.said(e));
        }
    }

    private void find(String role, String what) {
        findings.accept(new Finding("role '" + role + "'", what));
    }

    /** Takes back what was made; for a restore that failed. */
    void undo(Session session) {
        for (String role : created.reversed()) {
            try {
                session.run("DROP ROLE IF EXISTS " + Sql.name(role));
            } catch (SQLException e) {
                // it owns or may use something elsewhere by now: then it is somebody's
            }
        }
    }
}
