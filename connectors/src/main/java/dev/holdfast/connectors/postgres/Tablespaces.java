package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.DatabaseProperties.Right;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a server keeps data besides its own folder. A restore never makes a tablespace: its folder has to be there first. */
record Tablespaces(List<Tablespace> tablespaces) {

    /**
     * @param location a folder of the server; empty if it could not be told
     * @param options as {@code name=value}
     * @param rights as granted; null if never changed from the default
     * @param used whether the database keeps something there
     */
    record Tablespace(
            String name,
            String owner,
            String location,
            List<String> options,
            @Nullable List<Right> rights,
            @Nullable String comment,
            boolean used) {
        Tablespace {
            options = List.copyOf(options);
            rights = rights == null ? null : List.copyOf(rights);
        }

        /** The statements that make it again, one after the other. */
        List<String> commands() {
            List<String> commands = new ArrayList<>();
            commands.add("CREATE TABLESPACE " + Sql.name(name) + " OWNER " + Sql.name(owner) + " LOCATION "
                    + Sql.literal(location)
                    + (options.isEmpty() ? "" : " WITH (" + String.join(", ", options) + ")"));
            if (rights != null) {
                for (Right right : rights) {
                    if (!right.grantee().equals(owner)) {
                        commands.add("GRANT " + right.privilege() + " ON TABLESPACE " + Sql.name(name) + " TO "
                                + (right.grantee().isEmpty() ? "PUBLIC" : Sql.name(right.grantee()))
                                + (right.grantable() ? " WITH GRANT OPTION" : ""));
                    }
                }
            }
            if (comment != null) {
                commands.add("COMMENT ON TABLESPACE " + Sql.name(name) + " IS " + Sql.literal(comment));
            }
            return commands;
        }
    }

    Tablespaces {
        tablespaces = List.copyOf(tablespaces);
    }

    /** All that users made. */
    static Tablespaces of(Session session) throws SQLException {
        return new Tablespaces(session.list(
                """
                SELECT t.spcname::text, pg_catalog.pg_get_userbyid(t.spcowner)::text,
                  coalesce(pg_catalog.pg_tablespace_location(t.oid), ''), t.spcoptions, t.spcacl IS NULL,
                  pg_catalog.shobj_description(t.oid, 'pg_tablespace'),
                  EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.reltablespace = t.oid)
                    OR EXISTS (SELECT FROM pg_catalog.pg_database d
                      WHERE d.dattablespace = t.oid AND d.datname = pg_catalog.current_database())
                FROM pg_catalog.pg_tablespace t WHERE t.spcname !~ '^pg_' ORDER BY 1""",
                row -> new Tablespace(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        Session.texts(row, 4),
                        row.getBoolean(5) ? null : rights(session, row.getString(1)),
                        row.getString(6),
                        row.getBoolean(7))));
    }

    private static List<Right> rights(Session session, String name) throws SQLException {
        return session.list("""
                SELECT CASE WHEN a.grantee = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee)::text END,
                  a.privilege_type, a.is_grantable
                FROM pg_catalog.pg_tablespace t CROSS JOIN pg_catalog.aclexplode(t.spcacl) a
                WHERE t.spcname = ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""", row -> new Right(row.getString(1), row.getString(2), row.getBoolean(3)), name);
    }

    /** The statements that make some of them again. */
    List<String> commands(Set<String> names) {
        return tablespaces.stream()
                .filter(tablespace -> names.contains(tablespace.name()))
                .flatMap(tablespace -> tablespace.commands().stream())
                .toList();
    }
}
