package dev.holdfast.connectors.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a provider says about the security of something that all databases share; labels within a database are in its schema.
 */
record SecurityLabel(String provider, String label) {
    /** Those of all roles, by their names. */
    static Map<String, List<SecurityLabel>> ofRoles(Session session) throws SQLException {
        return of(session, "pg_authid", "pg_roles", "rolname");
    }

    /** Those of all databases, by their names. */
    static Map<String, List<SecurityLabel>> ofDatabases(Session session) throws SQLException {
        return of(session, "pg_database", "pg_database", "datname");
    }

    private static Map<String, List<SecurityLabel>> of(Session session, String catalog, String view, String name)
            throws SQLException {
        Map<String, List<SecurityLabel>> labels = new HashMap<>();
        session.each(
                "SELECT o." + name + "::text, l.provider, l.label FROM pg_catalog.pg_shseclabel l"
                        + " JOIN pg_catalog." + view + " o ON o.oid = l.objoid"
                        + " WHERE l.classoid = 'pg_catalog." + catalog + "'::pg_catalog.regclass ORDER BY 1, 2",
                row -> labels.computeIfAbsent(row.getString(1), labelled -> new ArrayList<>())
                        .add(new SecurityLabel(row.getString(2), row.getString(3))));
        return labels;
    }

    /**
     * The statement that gives it.
     *
     * @param labelled kind and quoted name, such as {@code ROLE "x"}
     */
    String sql(String labelled) {
        return "SECURITY LABEL FOR " + Sql.name(provider) + " ON " + labelled + " IS " + Sql.literal(label);
    }
}
