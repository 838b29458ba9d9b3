package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.DatabaseProperties.Setting;
import dev.holdfast.connectors.postgres.Roles.Membership;
import dev.holdfast.connectors.postgres.Roles.Role;
import java.util.Set;

/** The roles of a snapshot as SQL that makes those that are missing, as a restore does. One that exists is not changed. */
final class RolesScript {
    private final StringBuilder body = new StringBuilder();

    private RolesScript() {}

    /**
     * @param needed roles that own something; the one the old server was created with is made only for that
     */
    static String of(Roles roles, Set<String> needed, String database) {
        RolesScript script = new RolesScript();
        roles.roles().stream()
                .filter(role -> !role.bootstrap() || needed.contains(role.name()))
                .forEach(script::add);
        roles.memberships().forEach(script::add);
        return script.text(database);
    }

    private void add(Role role) {
        body.append("  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ")
                .append(Sql.literal(role.name()))
                .append(") THEN\n");
        statement(role.create());
        for (Setting setting : role.settings()) {
            statement("ALTER ROLE " + Sql.name(role.name()) + " SET " + Sql.name(setting.name()) + " TO "
                    + Sql.setting(setting.name(), setting.value()));
        }
        String comment = role.comment();
        if (comment != null) {
            statement("COMMENT ON ROLE " + Sql.name(role.name()) + " IS " + Sql.literal(comment));
        }
        statement("made := made || " + Sql.literal(role.name()) + "::text");
        body.append("  END IF;\n");
    }

    private void add(Membership membership) {
        body.append("  IF made && ARRAY[")
                .append(Sql.literal(membership.role()))
                .append(", ")
                .append(Sql.literal(membership.member()))
                .append("]::text[] THEN\n");
        statement("GRANT " + Sql.name(membership.role()) + " TO " + Sql.name(membership.member())
                + (membership.admin() ? " WITH ADMIN OPTION" : ""));
        body.append("  END IF;\n");
    }

    private void statement(String sql) {
        body.append("    ").append(sql).append(";\n");
    }

    private String text(String database) {
        String quote = "$roles$";
        for (int i = 1; body.indexOf(quote) >= 0; i++) {
            quote = "$roles" + i + "$";
        }
        return "-- The roles that database " + database.replaceAll("[\r\n]", " ")
                + " uses. One that exists is not changed.\n"
                + "SET client_encoding = 'UTF8';\n"
                + "SET standard_conforming_strings = on;\n"
                + "DO " + quote + "\nDECLARE\n  made text[] := '{}';\nBEGIN\n" + body + "END " + quote + ";\n";
    }
}
