package dev.holdfast.connectors.postgres;

import java.sql.SQLException;
import java.util.List;

/**
 * What a provider says about the security of something that all databases share; labels within a database are in its schema.
 */
record SecurityLabel(String provider, String label) {
    static List<SecurityLabel> ofDatabase(Session session, String name) throws SQLException {
        return of(session, "pg_database", "pg_database", "datname", name);
    }

    static List<SecurityLabel> ofRole(Session session, String name) throws SQLException {
        // everybody may read the view, and nobody but a superuser the table
        return of(session, "pg_authid", "pg_roles", "rolname", name);
    }

    private static List<SecurityLabel> of(Session session, String catalog, String readable, String column, String name)
            throws SQLException {
        return session.list(
                "SELECT l.provider, l.label FROM pg_catalog.pg_shseclabel l JOIN pg_catalog." + readable
                        + " o ON o.oid = l.objoid WHERE l.classoid = 'pg_catalog." + catalog
                        + "'::pg_catalog.regclass AND o." + column + " = ? ORDER BY 1",
                row -> new SecurityLabel(row.getString(1), row.getString(2)),
                name);
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
