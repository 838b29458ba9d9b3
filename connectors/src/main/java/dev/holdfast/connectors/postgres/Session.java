package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/**
 * One connection whose settings are ours, whatever the server, the database or the role prescribe: what is read or written
 * through it means the same everywhere. Names travel as UTF-8 and rows in the encoding that COPY is told, so that the server
 * converts no row. Statements are in autocommit unless {@link #run} began a transaction. For one thread;
 * only {@link #abort} may be called from another.
 */
final class Session implements AutoCloseable {
    static final int OLDEST_MAJOR = 14;
    static final int NEWEST_TESTED_MAJOR = 18;
    private static final int PING_MILLIS = 300_000;

    /**
     * Set where the server knows them. Each is something that changes what text COPY writes or reads, ends a long run, or
     * takes longer to begin than our statements to run.
     */
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("array_nulls", "on"),
            Map.entry("bytea_output", "hex"),
            Map.entry("DateStyle", "ISO, YMD"),
            Map.entry("default_transaction_deferrable", "off"),
            Map.entry("default_transaction_isolation", "read committed"),
            Map.entry("default_transaction_read_only", "off"),
            Map.entry("extra_float_digits", "3"),
            Map.entry("idle_in_transaction_session_timeout", "0"),
            Map.entry("idle_session_timeout", "0"),
            Map.entry("IntervalStyle", "postgres"),
            Map.entry("jit", "off"),
            Map.entry("lc_monetary", "C"),
            Map.entry("lock_timeout", "0"),
            Map.entry("quote_all_identifiers", "off"),
            Map.entry("restrict_nonsystem_relation_kind", "view, foreign-table"),
            Map.entry("row_security", "off"),
            Map.entry("search_path", ""),
            Map.entry("standard_conforming_strings", "on"),
            Map.entry("statement_timeout", "0"),
            Map.entry("synchronize_seqscans", "off"),
            Map.entry("TimeZone", "UTC"),
            Map.entry("transaction_timeout", "0"),
            Map.entry("xmloption", "content"));

    private final Connection connection;
    private final PostgresLocation location;
    private final int serverMajor;
    private final String serverVersion;
    private final String encoding;

    private Session(
            Connection connection, PostgresLocation location, int serverMajor, String serverVersion, String encoding) {
        this.connection = connection;
        this.location = location;
        this.serverMajor = serverMajor;
        this.serverVersion = serverVersion;
        this.encoding = encoding;
    }

    /** Makes a value of one row. */
    interface RowMapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    /**
     * Connects.
     *
     * @throws dev.holdfast.engine.error.HoldfastException that names what is wrong: server, credentials, database
     */
    static Session open(PostgresLocation location) {
        return open(location, Duration.ZERO);
    }

    /**
     * @param stall how long the server may send nothing while something is expected of it; zero for as long as it takes
     */
    static Session open(PostgresLocation location, Duration stall) {
        Properties properties = location.jdbcProperties();
        properties.setProperty("socketTimeout", Long.toString(stall.toSeconds()));
        try {
            Connection connection = new Driver().connect(location.jdbcUrl(), properties);
            if (connection == null) {
                throw new IllegalStateException("the driver does not take " + location.jdbcUrl());
            }
            try {
                return prepare(connection, location);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw SqlFailures.connecting(e, location);
        }
    }

    private static Session prepare(Connection connection, PostgresLocation location) throws SQLException {
        int major;
        String version;
        String encoding;
        try (Statement statement = connection.createStatement()) {
            // a role or database may allow less time than asking for everything else takes
            statement.execute("SET statement_timeout = 0");
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT pg_catalog.current_setting('server_version_num')::int / 10000,
                               pg_catalog.current_setting('server_version'),
                               pg_catalog.current_setting('server_encoding')""")) {
            row.next();
            major = row.getInt(1);
            version = row.getString(2);
            encoding = row.getString(3);
        }
        Session session = new Session(connection, location, major, version, encoding);
        session.list(settingsSql(), row -> row.getString(1));
        return session;
    }

    /** Sets what the server knows of our settings. */
    static String settingsSql() {
        return SETTINGS.entrySet().stream()
                .map(setting -> "(" + Sql.literal(setting.getKey()) + ", " + Sql.literal(setting.getValue()) + ")")
                .collect(Collectors.joining(
                        ", ",
                        "SELECT pg_catalog.set_config(s.name, wanted.value, false) FROM (VALUES ",
                        ") AS wanted(name, value) JOIN pg_catalog.pg_settings s ON s.name = wanted.name"));
    }

    PostgresLocation location() {
        return location;
    }

    int serverMajor() {
        return serverMajor;
    }

    /** For people, for example {@code 15.18}. */
    String serverVersion() {
        return serverVersion;
    }

    /** The database's encoding by its PostgreSQL name, for example {@code UTF8}. */
    String encoding() {
        return encoding;
    }

    /** The server's process for this connection, as it was announced when the connection began. */
    int announcedProcess() throws SQLException {
        return driver().getBackendPID();
    }

    PGConnection driver() throws SQLException {
        return connection.unwrap(PGConnection.class);
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** Arguments are texts, numbers, booleans, arrays of texts or of longs. */
    <T> List<T> list(String sql, RowMapper<T> mapper, Object... arguments) throws SQLException {
        List<T> rows = new ArrayList<>();
        each(sql, row -> rows.add(mapper.map(row)), arguments);
        return rows;
    }

    void each(String sql, RowMapper<?> visitor, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, arguments);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    visitor.map(row);
                }
            }
        }
    }

    /** Like {@link #each}, with values sent as bytes and not as text. */
    void eachBinary(String sql, RowMapper<?> visitor, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
            bind(statement, arguments);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    visitor.map(row);
                }
            }
        }
    }

    /** The first column of the one row. */
    String text(String sql, Object... arguments) throws SQLException {
        String value = textOrNull(sql, arguments);
        if (value == null) {
            throw new Missing(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "server " + location.server() + " answered nothing to: " + sql,
                    "see the server's log.");
        }
        return value;
    }

    @Nullable
    String textOrNull(String sql, Object... arguments) throws SQLException {
        List<Cell> rows = list(sql, row -> new Cell(row.getString(1)), arguments);
        return rows.isEmpty() ? null : rows.getFirst().value();
    }

    boolean truth(String sql, Object... arguments) throws SQLException {
        return text(sql, arguments).startsWith("t");
    }

    private record Cell(@Nullable String value) {}

    private void bind(PreparedStatement statement, Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case String[] texts -> statement.setArray(i + 1, array("text", texts));
                case Long[] numbers -> statement.setArray(i + 1, array("int8", numbers));
                case byte[] bytes -> statement.setBytes(i + 1, bytes);
                case Object other -> statement.setObject(i + 1, other);
            }
        }
    }

    private Array array(String type, Object[] elements) throws SQLException {
        return connection.createArrayOf(type, elements);
    }

    static List<String> texts(ResultSet row, int column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    static List<Long> numbers(ResultSet row, int column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? List.of() : List.of((Long[]) array.getArray());
    }

    /**
     * Makes sure that the server still answers.
     *
     * @throws SQLException if it does not within {@value #PING_MILLIS} ms
     */
    void ping() throws SQLException {
        connection.setNetworkTimeout(Runnable::run, PING_MILLIS);
        text("SELECT 1");
        connection.setNetworkTimeout(Runnable::run, 0);
    }

    /** Ends whatever the connection is doing, from any thread. */
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // it was closed before
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // the server ends what is left
        }
    }
}
