package dev.holdfast.connectors.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The roles a database uses (owners, those with rights, those with settings in it), all they are linked to by membership,
 * and the memberships; or every role of the server.
 *
 * @param passwordsReadable whether passwords were; false without superuser
 * @param forEveryRole settings that every role of the server has in every database
 * @param parameterRights who may set what only superusers may
 */
record Roles(
        List<Role> roles,
        List<Membership> memberships,
        boolean passwordsReadable,
        List<DatabaseProperties.Setting> forEveryRole,
        List<ParameterRight> parameterRights) {

    /**
     * @param bootstrap whether it is the one the server was created with; owns much without saying so
     * @param password the verifier as stored; null if it has none, or it was not readable
     */
    record Role(
            String name,
            boolean bootstrap,
            boolean superuser,
            boolean inherit,
            boolean createRole,
            boolean createDatabase,
            boolean login,
            boolean replication,
            boolean bypassRowSecurity,
            int connectionLimit,
            @Nullable String validUntil,
            @Nullable String password,
            @Nullable String comment,
            List<DatabaseProperties.Setting> settings,
            List<SecurityLabel> labels) {
        Role {
            settings = List.copyOf(settings);
            labels = Keys.list(labels);
        }

        /** The statement that makes it. */
        String create() {
            StringBuilder sql = new StringBuilder("CREATE ROLE ").append(Sql.name(name));
            sql.append(superuser ? " SUPERUSER" : "")
                    .append(inherit ? "" : " NOINHERIT")
                    .append(createRole ? " CREATEROLE" : "")
                    .append(createDatabase ? " CREATEDB" : "")
                    .append(login ? " LOGIN" : "")
                    .append(replication ? " REPLICATION" : "")
                    .append(bypassRowSecurity ? " BYPASSRLS" : "");
            if (connectionLimit >= 0) {
                sql.append(" CONNECTION LIMIT ").append(connectionLimit);
            }
            if (password != null) {
                sql.append(" PASSWORD ").append(Sql.literal(password));
            }
            if (validUntil != null) {
                sql.append(" VALID UNTIL ").append(Sql.literal(validUntil));
            }
            return sql.toString();
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Role[" + name + "]";
        }
    }

    /**
     * One role in another.
     *
     * @param admin whether it may let others in
     * @param inherit whether it has the other's rights without asking; null where that is a matter of the member (before
     *     PostgreSQL 16)
     * @param set whether it may become the other; null where every member may
     */
    record Membership(
            String role,
            String member,
            boolean admin,
            @Nullable Boolean inherit,
            @Nullable Boolean set) {
        /** The statement that grants it, in words that the server knows. */
        String grant(int serverMajor) {
            String grant = "GRANT " + Sql.name(role) + " TO " + Sql.name(member);
            if (inherit == null || set == null || serverMajor < OPTIONS_SINCE) {
                return grant + (admin ? " WITH ADMIN OPTION" : "");
            }
            return grant + " WITH ADMIN " + admin + ", INHERIT " + inherit + ", SET " + set;
        }

        /** Whether a server gives the member more than it had, because it cannot grant less. */
        boolean isMoreOn(int serverMajor) {
            return serverMajor < OPTIONS_SINCE && (Boolean.FALSE.equals(inherit) || Boolean.FALSE.equals(set));
        }
    }

    /**
     * @param grantee empty for PUBLIC
     * @param privilege {@code SET} or {@code ALTER SYSTEM}
     */
    record ParameterRight(String parameter, String grantee, String privilege, boolean grantable) {
        String grant() {
            return "GRANT " + privilege + " ON PARAMETER " + parameter + " TO "
                    + (grantee.isEmpty() ? "PUBLIC" : Sql.name(grantee))
                    + (grantable ? " WITH GRANT OPTION" : "");
        }

        String revoke() {
            return "REVOKE " + privilege + " ON PARAMETER " + parameter + " FROM "
                    + (grantee.isEmpty() ? "PUBLIC" : Sql.name(grantee));
        }
    }

    private static final int OPTIONS_SINCE = 16;
    private static final int PARAMETERS_SINCE = 15;

    Roles {
        roles = List.copyOf(roles);
        memberships = List.copyOf(memberships);
        forEveryRole = Keys.list(forEveryRole);
        parameterRights = Keys.list(parameterRights);
    }

    /**
     * @param every all of the server's instead
     */
    static Roles of(Session session, boolean every) throws SQLException {
        boolean passwords = session.truth("SELECT pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'SELECT')");
        Map<String, List<DatabaseProperties.Setting>> settings = settings(session);
        Map<String, List<SecurityLabel>> labels = SecurityLabel.ofRoles(session);
        List<Role> roles = session.list(
                """
                WITH RECURSIVE database AS (
                  SELECT oid, datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()),
                used(oid) AS (
                  SELECT s.refobjid FROM pg_catalog.pg_shdepend s CROSS JOIN database
                  WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND (s.dbid = database.oid
                    OR s.dbid = 0 AND s.classid = 'pg_catalog.pg_database'::pg_catalog.regclass
                       AND s.objid = database.oid)
                  UNION SELECT datdba FROM database
                  UNION SELECT s.setrole FROM pg_catalog.pg_db_role_setting s JOIN database ON s.setdatabase = database.oid
                  UNION SELECT 10::oid
                  UNION SELECT r.oid FROM pg_catalog.pg_roles r WHERE ?),
                linked(oid) AS (
                  SELECT oid FROM used
                  UNION
                  SELECT CASE WHEN m.roleid = linked.oid THEN m.member ELSE m.roleid END
                  FROM linked JOIN pg_catalog.pg_auth_members m ON linked.oid IN (m.roleid, m.member)
                  WHERE linked.oid >= 16384)
                SELECT r.rolname::text, r.oid = 10, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb,
                  r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit, r.rolvaliduntil::text,"""
                        + (passwords ? " a.rolpassword" : " NULL")
                        + ", pg_catalog.shobj_description(r.oid, 'pg_authid') FROM linked"
                        + " JOIN pg_catalog.pg_roles r ON r.oid = linked.oid"
                        + (passwords ? " JOIN pg_catalog.pg_authid a ON a.oid = r.oid" : "")
                        + " WHERE r.rolname !~ '^pg_' ORDER BY r.rolname",
                row -> {
                    String name = row.getString(1);
                    return new Role(
                            name,
                            row.getBoolean(2),
                            row.getBoolean(3),
                            row.getBoolean(4),
                            row.getBoolean(5),
                            row.getBoolean(6),
                            row.getBoolean(7),
                            row.getBoolean(8),
                            row.getBoolean(9),
                            row.getInt(10),
                            row.getString(11),
                            row.getString(12),
                            row.getString(13),
                            settings.getOrDefault(name, List.of()),
                            labels.getOrDefault(name, List.of()));
                },
                every);
        return new Roles(
                roles, memberships(session, roles), passwords, forEveryRole(session), parameterRights(session, roles));
    }

    static List<DatabaseProperties.Setting> forEveryRole(Session session) throws SQLException {
        return session.list("""
                SELECT pg_catalog.split_part(c.line, '=', 1),
                  pg_catalog.substr(c.line, pg_catalog.strpos(c.line, '=') + 1)
                FROM pg_catalog.pg_db_role_setting s CROSS JOIN pg_catalog.unnest(s.setconfig) c(line)
                WHERE s.setdatabase = 0 AND s.setrole = 0 ORDER BY 1""", row -> new DatabaseProperties.Setting("", row.getString(1), row.getString(2)));
    }

    private static List<ParameterRight> parameterRights(Session session, List<Role> roles) throws SQLException {
        if (session.serverMajor() < PARAMETERS_SINCE) {
            return List.of();
        }
        return session.list(
                """
                SELECT p.parname, CASE WHEN a.grantee = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee)::text END,
                  a.privilege_type, pg_catalog.bool_or(a.is_grantable)
                FROM pg_catalog.pg_parameter_acl p CROSS JOIN pg_catalog.aclexplode(p.paracl) a
                WHERE a.grantee = 0 OR pg_catalog.pg_get_userbyid(a.grantee)::text = ANY (?)
                GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
                row -> new ParameterRight(row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4)),
                (Object) roles.stream().map(Role::name).toArray(String[]::new));
    }

    private static Map<String, List<DatabaseProperties.Setting>> settings(Session session) throws SQLException {
        Map<String, List<DatabaseProperties.Setting>> settings = new HashMap<>();
        session.each("""
                SELECT r.rolname::text, pg_catalog.split_part(c.line, '=', 1),
                  pg_catalog.substr(c.line, pg_catalog.strpos(c.line, '=') + 1)
                FROM pg_catalog.pg_db_role_setting s
                JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
                CROSS JOIN pg_catalog.unnest(s.setconfig) c(line)
                WHERE s.setdatabase = 0 ORDER BY 1, 2""", row -> {
            String role = row.getString(1);
            return settings.computeIfAbsent(role, name -> new ArrayList<>())
                    .add(new DatabaseProperties.Setting(role, row.getString(2), row.getString(3)));
        });
        return settings;
    }

    private static List<Membership> memberships(Session session, List<Role> roles) throws SQLException {
        List<String> names = roles.stream().map(Role::name).toList();
        boolean options = session.serverMajor() >= OPTIONS_SINCE;
        return session
                .list(
                        "SELECT g.rolname::text, m.rolname::text, pg_catalog.bool_or(a.admin_option), "
                                + (options
                                        ? "pg_catalog.bool_or(a.inherit_option)::text, pg_catalog.bool_or(a.set_option)::text"
                                        : "NULL, NULL")
                                + """
                                 FROM pg_catalog.pg_auth_members a
                                JOIN pg_catalog.pg_roles g ON g.oid = a.roleid
                                JOIN pg_catalog.pg_roles m ON m.oid = a.member
                                GROUP BY 1, 2 ORDER BY 1, 2""",
                        row -> new Membership(
                                row.getString(1),
                                row.getString(2),
                                row.getBoolean(3),
                                option(row.getString(4)),
                                option(row.getString(5))))
                .stream()
                .filter(m -> names.contains(m.member())
                        && (names.contains(m.role()) || m.role().startsWith("pg_")))
                .toList();
    }

    private static @Nullable Boolean option(@Nullable String text) {
        return text == null ? null : Boolean.valueOf(text);
    }
}
