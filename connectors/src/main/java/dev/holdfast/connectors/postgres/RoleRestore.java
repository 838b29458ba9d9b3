package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.DatabaseProperties.Setting;
import dev.holdfast.connectors.postgres.Roles.Membership;
import dev.holdfast.connectors.postgres.Roles.ParameterRight;
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
    private final List<ParameterRight> granted = new ArrayList<>();

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
        for (ParameterRight right : roles.parameterRights()) {
            if (created.contains(right.grantee())) {
                attempt(right.grantee(), right.grant());
                granted.add(right);
            }
        }
        tellOfEveryRole(roles);
    }

    /** What holds for every role of a server is not changed for the sake of one database. */
    private void tellOfEveryRole(Roles roles) throws SQLException {
        List<Setting> present = Roles.forEveryRole(admin);
        for (Setting setting : roles.forEveryRole()) {
            if (!present.contains(setting)) {
                findings.accept(new Finding(
                        "every role",
                        "had a setting that it has not here; if it should: ALTER ROLE ALL SET "
                                + Sql.name(setting.name()) + " TO " + Sql.setting(setting.name(), setting.value())));
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
        for (SecurityLabel label : role.labels()) {
            attempt(role.name(), label.sql("ROLE " + Sql.name(role.name())));
        }
    }

    private void grant(Membership membership) throws SQLException {
        if (exists(membership.role()) && exists(membership.member())) {
            attempt(membership.member(), membership.grant(admin.serverMajor()));
            if (membership.isMoreOn(admin.serverMajor())) {
                find(
                        membership.member(),
                        "has more of role '" + membership.role() + "' than before, because the server is older than"
                                + " PostgreSQL 16 and cannot grant less");
            }
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
        granted.forEach(right -> quietly(session, right.revoke()));
        // one that owns or may use something elsewhere by now is somebody's, and stays
        created.reversed().forEach(role -> quietly(session, "DROP ROLE IF EXISTS " + Sql.name(role)));
    }

    private static void quietly(Session session, String sql) {
        try {
            session.run(sql);
        } catch (SQLException e) {
            // what cannot be taken back stays
        }
    }
}
