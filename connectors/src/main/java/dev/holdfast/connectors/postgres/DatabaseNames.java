package dev.holdfast.connectors.postgres;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;

/** Names of databases and schemas that stand beside the one they begin like. None is longer than names may be. */
final class DatabaseNames {
    private static final String UNFINISHED = "_holdfast_";
    private static final String KEPT = "_before_";
    private static final int LONGEST_BYTES = 63;
    private static final int SUFFIX_BYTES = 4;

    private DatabaseNames() {}

    /** For one that is being made; nobody has it. */
    static String unfinished(String name) {
        return beside(name, UNFINISHED + random());
    }

    /** For one that is about to be dropped; nobody has it. */
    static String condemned(String name) {
        return beside(name, UNFINISHED + "old_" + random());
    }

    private static String random() {
        byte[] random = new byte[SUFFIX_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** For a database that is replaced now, by the server's clock, and kept. */
    static String kept(Session admin, String database) throws SQLException {
        String dated = KEPT + timestamp(admin, "YYYYMMDD\"T\"HH24MISS\"Z\"");
        String name = beside(database, dated);
        for (int i = 2; exists(admin, name); i++) {
            name = beside(database, dated + "_" + i);
        }
        return name;
    }

    /** The server's time in UTC. */
    static String timestamp(Session session, String format) throws SQLException {
        return session.text("SELECT pg_catalog.to_char(pg_catalog.clock_timestamp(), ?)", format);
    }

    /** Whether a server would take a name as it is, and not cut it. */
    static boolean fits(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES;
    }

    static String beside(String name, String end) {
        String begin = name;
        int room = LONGEST_BYTES - end.getBytes(StandardCharsets.UTF_8).length;
        while (begin.getBytes(StandardCharsets.UTF_8).length > room) {
            begin = begin.substring(0, begin.offsetByCodePoints(begin.length(), -1));
        }
        return begin + end;
    }

    static boolean exists(Session admin, String database) throws SQLException {
        return admin.truth("SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = ?)", database);
    }

    /** Databases that earlier restores of the target began and could not remove; one that is used may be another's work. */
    static List<String> leftOver(Session admin, String database) throws SQLException {
        List<String> used = admin.list(
                "SELECT DISTINCT datname::text FROM pg_catalog.pg_stat_activity WHERE datname IS NOT NULL",
                row -> row.getString(1));
        return matching(admin, database, UNFINISHED, "(old_)?[0-9a-f]{8}").stream()
                .filter(name -> !used.contains(name))
                .toList();
    }

    /** Databases that earlier restores of the target replaced and kept. */
    static List<String> keptBefore(Session admin, String database) throws SQLException {
        return matching(admin, database, KEPT, "[0-9]{8}T[0-9]{6}Z(_[0-9]+)?");
    }

    private static List<String> matching(Session admin, String database, String mark, String end) throws SQLException {
        return admin.list(
                "SELECT datname::text FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname::text, ?)"
                        + " AND datname ~ ? ORDER BY 1",
                row -> row.getString(1),
                database + mark,
                mark + end + "$");
    }
}
