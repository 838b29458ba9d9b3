package dev.holdfast.connectors.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Moves what lies in a schema into another, by the server's own {@code ALTER … SET SCHEMA}, so that everything that refers to
 * it goes on to do so. What belongs to an extension stays.
 */
final class SchemaMove {
    private final Session session;

    SchemaMove(Session session) {
        this.session = session;
    }

    /**
     * Something that can be moved by itself.
     *
     * @param catalog the number of the catalog it is in
     * @param oid its number there
     * @param kind as in {@code ALTER}, for example {@code MATERIALIZED VIEW}
     * @param identity with its schema and arguments, quoted, as the server writes it now
     */
    record Thing(long catalog, long oid, String kind, String identity) {
        /** Tells it from all others of its database. */
        String key() {
            return catalog + " " + oid;
        }
    }

    /** What lies in a schema by itself: sequences of columns, indexes and the like go with their tables. */
    List<Thing> things(String schema) throws SQLException {
        return session.list(
                """
                SELECT d.classid::int8, d.objid::int8, i.type, i.identity FROM pg_catalog.pg_namespace n
                JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                  AND d.refobjid = n.oid AND d.deptype = 'n'
                CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) i
                WHERE n.nspname = ? AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend o
                  WHERE o.classid = d.classid AND o.objid = d.objid AND o.deptype IN ('a', 'i')
                    AND o.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.refobjsubid > 0)
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
                ORDER BY d.classid, d.objid""",
                row -> new Thing(row.getLong(1), row.getLong(2), kind(row.getString(3)), row.getString(4)),
                schema);
    }

    private static String kind(String type) {
        return type.equals("statistics object") ? "STATISTICS" : type.toUpperCase(Locale.ROOT);
    }

    void move(List<Thing> things, String schema) throws SQLException {
        for (Thing thing : things) {
            // asked again: arguments may have moved before
            String identity = session.text(
                    "SELECT identity FROM pg_catalog.pg_identify_object(?::int8::oid, ?::int8::oid, 0)",
                    thing.catalog(),
                    thing.oid());
            session.run("ALTER " + thing.kind() + " " + identity + " SET SCHEMA " + Sql.name(schema));
        }
    }

    /** The keys of what a schema has already. */
    Set<String> taken(String schema) throws SQLException {
        Set<String> taken = new HashSet<>();
        for (Thing thing : things(schema)) {
            taken.add(thing.key());
        }
        return taken;
    }

    /** Extensions by the schema they are in. */
    List<Extension> extensions() throws SQLException {
        List<Extension> extensions = new ArrayList<>();
        session.each(
                "SELECT e.extname::text, n.nspname::text, e.extversion FROM pg_catalog.pg_extension e"
                        + " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace ORDER BY 1",
                row -> extensions.add(new Extension(row.getString(1), row.getString(2), row.getString(3))));
        return extensions;
    }

    record Extension(String name, String schema, String version) {}
}
