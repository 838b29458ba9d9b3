package dev.holdfast.connectors.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to a database and is not in pg_dump's schema.
 *
 * @param provider libc, icu or builtin
 * @param locale of ICU or the built-in provider
 * @param collationVersion what the provider calls its rules for sorting; null if it has no versions
 * @param rights as granted; null if never changed from the default
 * @param schemas all of them but the system's
 * @param dumpMajor major version of the pg_dump that made the schema
 * @param template whether others are made like it by everybody who may
 * @param labels what providers say about its security
 * @param selection what was captured of it; null for all
 * @param leftOut what that left out; null for nothing
 */
record DatabaseProperties(
        String name,
        String owner,
        String serverVersion,
        int serverMajor,
        int dumpMajor,
        String encoding,
        String provider,
        String collate,
        String ctype,
        @Nullable String locale,
        @Nullable String icuRules,
        @Nullable String collationVersion,
        String tablespace,
        int connectionLimit,
        @Nullable String comment,
        @Nullable List<Right> rights,
        List<Setting> settings,
        Map<String, String> extensions,
        List<String> schemas,
        boolean template,
        List<SecurityLabel> labels,
        @Nullable Selection selection,
        @Nullable LeftOut leftOut) {

    /**
     * @param grantee empty for PUBLIC
     */
    record Right(String grantee, String privilege, boolean grantable) {}

    /**
     * @param role empty if for every role
     */
    record Setting(String role, String name, String value) {}

    DatabaseProperties {
        rights = rights == null ? null : List.copyOf(rights);
        settings = List.copyOf(settings);
        extensions = new TreeMap<>(extensions);
        schemas = List.copyOf(schemas);
        labels = Keys.list(labels);
    }

    /** Of what was selected of a frozen database. */
    static DatabaseProperties of(FrozenDatabase frozen, int dumpMajor) throws SQLException {
        DatabaseProperties whole = of(frozen.leader(), dumpMajor);
        Scope scope = frozen.scope();
        return scope.isEverything()
                ? whole
                : whole.within(scope, scope.leftOut(frozen.collateral().others()));
    }

    private DatabaseProperties within(Scope scope, LeftOut left) {
        return new DatabaseProperties(
                name,
                owner,
                serverVersion,
                serverMajor,
                dumpMajor,
                encoding,
                provider,
                collate,
                ctype,
                locale,
                icuRules,
                collationVersion,
                tablespace,
                connectionLimit,
                comment,
                rights,
                settings,
                extensions,
                schemas.stream().filter(scope::hasSchema).toList(),
                template,
                labels,
                scope.selection(),
                left);
    }

    /** Of a whole database. */
    static DatabaseProperties of(Session session, int dumpMajor) throws SQLException {
        int major = session.serverMajor();
        List<DatabaseProperties> found = session.list(
                "SELECT d.datname::text, pg_catalog.pg_get_userbyid(d.datdba)::text,"
                        + " pg_catalog.pg_encoding_to_char(d.encoding)::text, d.datcollate::text, d.datctype::text,"
                        + (major >= 15 ? " d.datlocprovider::text," : " 'c',")
                        + (major >= 17 ? " d.datlocale," : major >= 15 ? " d.daticulocale," : " NULL,")
                        + (major >= 16 ? " d.daticurules," : " NULL,")
                        + (major >= 15 ? " d.datcollversion," : " NULL,")
                        + """
                         t.spcname::text, d.datconnlimit, pg_catalog.shobj_description(d.oid, 'pg_database'),
                         d.datacl IS NULL, d.datistemplate
                        FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
                        WHERE d.datname = pg_catalog.current_database()""",
                row -> new DatabaseProperties(
                        row.getString(1),
                        row.getString(2),
                        session.serverVersion(),
                        major,
                        dumpMajor,
                        row.getString(3),
                        switch (row.getString(6)) {
                            case "i" -> "icu";
                            case "b" -> "builtin";
                            default -> "libc";
                        },
                        row.getString(4),
                        row.getString(5),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9),
                        row.getString(10),
                        row.getInt(11),
                        row.getString(12),
                        row.getBoolean(13) ? null : rights(session),
                        settings(session),
                        Catalog.extensions(session),
                        Catalog.schemas(session).stream()
                                .map(Catalog.Schema::name)
                                .toList(),
                        row.getBoolean(14),
                        SecurityLabel.ofDatabases(session).getOrDefault(row.getString(1), List.of()),
                        null,
                        null));
        return found.getFirst();
    }

    /** What was captured of the database. */
    Selection selected() {
        return selection == null ? Selection.EVERYTHING : selection;
    }

    private static List<Right> rights(Session session) throws SQLException {
        return session.list("""
                SELECT CASE WHEN a.grantee = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee)::text END,
                  a.privilege_type, a.is_grantable
                FROM pg_catalog.pg_database d CROSS JOIN pg_catalog.aclexplode(d.datacl) a
                WHERE d.datname = pg_catalog.current_database()
                GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""", row -> new Right(row.getString(1), row.getString(2), row.getBoolean(3)));
    }

    private static List<Setting> settings(Session session) throws SQLException {
        return session.list("""
                SELECT coalesce(r.rolname::text, ''), pg_catalog.split_part(c.line, '=', 1),
                  pg_catalog.substr(c.line, pg_catalog.strpos(c.line, '=') + 1)
                FROM pg_catalog.pg_db_role_setting s
                JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
                LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
                CROSS JOIN pg_catalog.unnest(s.setconfig) c(line)
                WHERE d.datname = pg_catalog.current_database() AND (s.setrole = 0 OR r.oid IS NOT NULL)
                ORDER BY 1, 2""", row -> new Setting(row.getString(1), row.getString(2), row.getString(3)));
    }

    /** What differs from another database, but for its name and versions; in words, both sides. */
    List<String> differences(DatabaseProperties live) {
        List<String> differences = new ArrayList<>();
        compare(differences, "owner", owner, live.owner);
        compare(differences, "encoding", encoding, live.encoding);
        compare(differences, "locale provider", provider, live.provider);
        compare(differences, "collation", collate, live.collate);
        compare(differences, "character type", ctype, live.ctype);
        compare(differences, "locale", locale, live.locale);
        compare(differences, "ICU rules", icuRules, live.icuRules);
        compare(differences, "connection limit", connectionLimit, live.connectionLimit);
        compare(differences, "comment", comment, live.comment);
        compare(differences, "rights", rights, live.rights);
        compare(differences, "template", template, live.template);
        compare(differences, "security labels", labels, live.labels);
        compare(differences, "settings", settings, live.settings);
        compare(differences, "extensions", extensions.keySet(), live.extensions.keySet());
        compare(differences, "schemas", schemas, live.schemas);
        return differences;
    }

    private static void compare(
            List<String> differences, String what, @Nullable Object captured, @Nullable Object live) {
        if (!Objects.equals(captured, live)) {
            differences.add(what + ": snapshot has " + captured + ", live has " + live);
        }
    }
}
