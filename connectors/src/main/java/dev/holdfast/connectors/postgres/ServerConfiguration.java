package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.HoldfastException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a server is configured, as far as the user may see it: kept for people, never applied by a restore. What cannot be seen is
 * no fault of a backup; it is noted with the rights that would show it.
 *
 * @param settings those that are not at their default
 * @param hba who may connect how
 * @param ident names that others have for users
 * @param notes for the part's details: how much there is of each, or why there is not
 */
record ServerConfiguration(
        Optional<Settings> settings, Optional<AccessRules> hba, Optional<UserNames> ident, Map<String, String> notes) {
    static final String SETTINGS_NOTE = "server-settings";
    static final String HBA_NOTE = "hba";
    static final String IDENT_NOTE = "ident";

    private static final int KNOWS_MAPPINGS = 15;
    private static final int KNOWS_INCLUDES = 16;

    /**
     * @param settings as this user meets them
     * @param lines of the configuration files; null if they may not be read
     */
    record Settings(List<Setting> settings, @Nullable List<Line> lines) {
        Settings {
            settings = List.copyOf(settings);
            lines = lines == null ? null : List.copyOf(lines);
        }
    }

    /**
     * @param source where the value comes from, as the server calls it; {@code hidden} where the session has one of its own
     */
    record Setting(String name, String value, @Nullable String unit, String source, boolean pendingRestart) {}

    /**
     * A line of a configuration file.
     *
     * @param error why the server does not take it
     */
    record Line(
            String file,
            int line,
            @Nullable String name,
            @Nullable String value,
            boolean applied,
            @Nullable String error) {}

    /**
     * @param text of the file; null if it may not be read
     * @param rules what the server reads in it and in what it includes; null if they may not be seen
     */
    record AccessRules(
            @Nullable String file,
            @Nullable String text,
            @Nullable List<AccessRule> rules) {
        AccessRules {
            rules = rules == null ? null : List.copyOf(rules);
        }
    }

    /** One line of {@code pg_hba.conf}. */
    record AccessRule(
            @Nullable String file,
            int line,
            @Nullable String type,
            List<String> databases,
            List<String> users,
            @Nullable String address,
            @Nullable String netmask,
            @Nullable String method,
            List<String> options,
            @Nullable String error) {
        AccessRule {
            databases = List.copyOf(databases);
            users = List.copyOf(users);
            options = List.copyOf(options);
        }
    }

    /**
     * @param text of the file; null if it may not be read
     * @param mappings what the server reads in it; null if they may not be seen
     */
    record UserNames(
            @Nullable String file,
            @Nullable String text,
            @Nullable List<Mapping> mappings) {
        UserNames {
            mappings = mappings == null ? null : List.copyOf(mappings);
        }
    }

    /** One line of {@code pg_ident.conf}. */
    record Mapping(
            int line,
            @Nullable String map,
            @Nullable String systemName,
            @Nullable String user,
            @Nullable String error) {}

    /** Asks on a connection of its own, so that nothing that goes wrong harms a transaction. */
    static ServerConfiguration of(PostgresLocation location) {
        try (Session session = Session.open(location)) {
            return new Reader(session).read();
        } catch (SQLException e) {
            return unread(SqlFailures.said(e));
        } catch (HoldfastException e) {
            return unread(String.valueOf(e.getMessage()));
        }
    }

    private static ServerConfiguration unread(String why) {
        String note = "not read: " + why;
        return new ServerConfiguration(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(SETTINGS_NOTE, note, HBA_NOTE, note, IDENT_NOTE, note));
    }

    private static final class Reader {
        private final Session session;
        private final String user;
        private final Map<String, String> notes = new LinkedHashMap<>();
        private final boolean seesAllSettings;

        Reader(Session session) throws SQLException {
            this.session = session;
            this.user = Sql.name(session.text("SELECT current_user"));
            this.seesAllSettings = may("pg_catalog.pg_has_role('pg_read_all_settings', 'USAGE')");
        }

        ServerConfiguration read() throws SQLException {
            return new ServerConfiguration(Optional.of(settings()), hba(), ident(), notes);
        }

        private boolean may(String condition) throws SQLException {
            return session.truth("SELECT " + condition);
        }

        private Settings settings() throws SQLException {
            List<Setting> settings = session.list(
                    """
                    SELECT name, CASE WHEN source IN ('session', 'client') THEN reset_val ELSE setting END, unit,
                      CASE WHEN source IN ('session', 'client') THEN 'hidden' ELSE source END, pending_restart
                    FROM pg_catalog.pg_settings
                    WHERE CASE WHEN source IN ('session', 'client') THEN reset_val IS DISTINCT FROM boot_val
                        AND name NOT IN ('application_name', 'client_encoding')
                      ELSE source IN ('configuration file', 'command line', 'environment variable') END
                    ORDER BY name COLLATE "C\"""",
                    row -> new Setting(
                            row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getBoolean(5)));
            notes.put(
                    SETTINGS_NOTE,
                    settings.size()
                            + (seesAllSettings
                                    ? ""
                                    : ", without those that only superusers see (let a superuser run: GRANT"
                                            + " pg_read_all_settings TO " + user + ")"));
            return new Settings(settings, lines());
        }

        private @Nullable List<Line> lines() throws SQLException {
            if (!may("pg_catalog.has_table_privilege('pg_catalog.pg_file_settings', 'SELECT')"
                    + " AND pg_catalog.has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'EXECUTE')")) {
                return null;
            }
            return session.list(
                    "SELECT coalesce(sourcefile, ''), sourceline, name, setting, applied, error"
                            + " FROM pg_catalog.pg_file_settings ORDER BY seqno",
                    row -> new Line(
                            row.getString(1),
                            row.getInt(2),
                            row.getString(3),
                            row.getString(4),
                            row.getBoolean(5),
                            row.getString(6)));
        }

        private Optional<AccessRules> hba() throws SQLException {
            String text = text("hba_file", HBA_NOTE);
            List<AccessRule> rules = seesView("pg_hba_file_rules") ? rules() : null;
            if (rules == null && text == null) {
                notes.putIfAbsent(HBA_NOTE, notReadable("pg_hba_file_rules"));
                return Optional.empty();
            }
            notes.put(HBA_NOTE, rules == null ? "text" : rules.size() + " rules" + (text == null ? "" : " and text"));
            return Optional.of(new AccessRules(file("hba_file"), text, rules));
        }

        private List<AccessRule> rules() throws SQLException {
            return session.list(
                    "SELECT " + (session.serverMajor() >= KNOWS_INCLUDES ? "file_name" : "NULL")
                            + ", line_number, type, database, user_name, address, netmask, auth_method, options, error"
                            + " FROM pg_catalog.pg_hba_file_rules",
                    row -> new AccessRule(
                            row.getString(1),
                            row.getInt(2),
                            row.getString(3),
                            Session.texts(row, 4),
                            Session.texts(row, 5),
                            row.getString(6),
                            row.getString(7),
                            row.getString(8),
                            Session.texts(row, 9),
                            row.getString(10)));
        }

        private Optional<UserNames> ident() throws SQLException {
            String text = text("ident_file", IDENT_NOTE);
            List<Mapping> mappings =
                    session.serverMajor() >= KNOWS_MAPPINGS && seesView("pg_ident_file_mappings") ? mappings() : null;
            if (mappings == null && text == null) {
                notes.putIfAbsent(
                        IDENT_NOTE,
                        session.serverMajor() >= KNOWS_MAPPINGS
                                ? notReadable("pg_ident_file_mappings")
                                : "not readable (only by superusers)");
                return Optional.empty();
            }
            notes.put(
                    IDENT_NOTE,
                    mappings == null ? "text" : mappings.size() + " mappings" + (text == null ? "" : " and text"));
            return Optional.of(new UserNames(file("ident_file"), text, mappings));
        }

        private List<Mapping> mappings() throws SQLException {
            return session.list(
                    "SELECT line_number, map_name, sys_name, pg_username, error FROM pg_catalog.pg_ident_file_mappings",
                    row -> new Mapping(
                            row.getInt(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)));
        }

        private boolean seesView(String view) throws SQLException {
            return may("pg_catalog.has_table_privilege('pg_catalog." + view + "', 'SELECT')"
                    + " AND pg_catalog.has_function_privilege('pg_catalog." + view + "()', 'EXECUTE')");
        }

        private String notReadable(String view) {
            return "not readable (let a superuser run: GRANT SELECT ON pg_catalog." + view + " TO " + user
                    + "; GRANT EXECUTE ON FUNCTION pg_catalog." + view + "() TO " + user + ")";
        }

        private @Nullable String file(String setting) throws SQLException {
            return seesAllSettings ? session.text("SELECT pg_catalog.current_setting(?)", setting) : null;
        }

        /** A file of the server; what is not text in the encoding of the database cannot be read as such. */
        private @Nullable String text(String setting, String note) throws SQLException {
            if (!seesAllSettings
                    || !may("pg_catalog.pg_has_role('pg_read_server_files', 'USAGE')"
                            + " AND pg_catalog.has_function_privilege('pg_catalog.pg_read_file(text)', 'EXECUTE')")) {
                return null;
            }
            try {
                return session.textOrNull("SELECT pg_catalog.pg_read_file(pg_catalog.current_setting(?))", setting);
            } catch (SQLException e) {
                notes.put(note, "not readable: " + SqlFailures.said(e));
                return null;
            }
        }
    }
}
