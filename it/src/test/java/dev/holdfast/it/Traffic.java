package dev.holdfast.it;

import dev.holdfast.demo.stand.PrivatePostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A database that never rests: pgbench (TPC-B), and beside it tables that are truncated and filled again, rewritten,
 * vacuumed, made and dropped, and written together. {@link #broken} tells of a copy what cannot have been true at any moment.
 */
final class Traffic implements AutoCloseable {
    private static final long PAUSE_NANOS = 20_000_000;
    private static final int STEADY_ROWS = 2000;
    private static final int FLICKER_ROWS = 777;
    private static final int PAIR_ROWS = 100;

    /** Lost a race for a lock, or against a backup that holds it: tried again. */
    private static final Set<String> LATER = Set.of("55P03", "40P01");

    private final PrivatePostgres server;
    private final String database;
    private final int scale;
    private final Path said;
    private final Process pgbench;
    private final List<Thread> workers = new ArrayList<>();
    private final Map<String, AtomicLong> done = new ConcurrentHashMap<>();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private volatile boolean enough;

    private Traffic(PrivatePostgres server, String database, int scale, int rate, Path folder) {
        this.server = server;
        this.database = database;
        this.scale = scale;
        this.said = folder.resolve("pgbench.log");
        server.createDatabase(database);
        Path program = server.binFolder().resolve("pgbench");
        if (!Files.isExecutable(program)) {
            throw new AssertionError("'" + program + "' is missing: install the server's packages, pgbench is in them");
        }
        Shell.run(program.toString(), "-i", "-q", "-s", Integer.toString(scale), server.url(database));
        prepare();
        pgbench = start(program, rate);
        work("truncated and filled again", this::flicker);
        work("rewritten", this::rewrite);
        work("vacuumed full", this::vacuum);
        work("made and dropped in pairs", this::pair);
        work("written together", this::writeTogether);
    }

    /**
     * @param scale of pgbench: 100,000 accounts each
     * @param rate transactions a second
     */
    static Traffic in(PrivatePostgres server, String database, int scale, int rate, Path folder) {
        return new Traffic(server, database, scale, rate, folder);
    }

    private void prepare() {
        server.execute(
                database,
                "CREATE TABLE flicker AS SELECT i FROM generate_series(1, " + FLICKER_ROWS + ") i",
                "CREATE TABLE rewritten AS SELECT i AS id, i AS v, md5(i::text) AS t FROM generate_series(1, "
                        + STEADY_ROWS + ") i",
                "ALTER TABLE rewritten ADD PRIMARY KEY (id)",
                "CREATE TABLE churned AS SELECT i AS id, 0 AS v FROM generate_series(1, " + STEADY_ROWS + ") i",
                "CREATE TABLE debit (id serial PRIMARY KEY, amount int NOT NULL)",
                "CREATE TABLE credit (id int PRIMARY KEY, amount int NOT NULL)");
    }

    private Process start(Path program, int rate) {
        try {
            return new ProcessBuilder(
                            program.toString(), "-n", "-c", "3", "-T", "36000", "--rate=" + rate, server.url(database))
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What one worker does again and again. */
    private interface Deed {
        void act(Connection connection, Statement statement, long number) throws SQLException;
    }

    private void work(String name, Deed deed) {
        AtomicLong count = new AtomicLong();
        done.put(name, count);
        workers.add(Thread.ofVirtual().name(name).start(() -> {
            try (Connection connection = server.connect(database);
                    Statement statement = connection.createStatement()) {
                statement.execute("SET lock_timeout = '1s'");
                while (!enough) {
                    act(deed, connection, statement, count);
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (SQLException e) {
                failures.put(name, e.toString());
            }
        }));
    }

    private static void act(Deed deed, Connection connection, Statement statement, AtomicLong count)
            throws SQLException {
        try {
            deed.act(connection, statement, count.get());
            count.incrementAndGet();
        } catch (SQLException e) {
            if (!LATER.contains(e.getSQLState())) {
                throw e;
            }
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        }
    }

    private void flicker(Connection connection, Statement statement, long number) throws SQLException {
        connection.setAutoCommit(false);
        statement.execute("TRUNCATE flicker");
        statement.execute("INSERT INTO flicker SELECT i FROM generate_series(1, " + FLICKER_ROWS + ") i");
        connection.commit();
    }

    private void rewrite(Connection connection, Statement statement, long number) throws SQLException {
        statement.execute("ALTER TABLE rewritten ALTER COLUMN v TYPE " + (number % 2 == 0 ? "bigint" : "int"));
    }

    private void vacuum(Connection connection, Statement statement, long number) throws SQLException {
        statement.execute("UPDATE churned SET v = v + 1 WHERE id % 10 = " + number % 10);
        statement.execute("VACUUM FULL " + (number % 20 == 0 ? "pgbench_history" : "churned"));
    }

    /** Two tables come and go in one transaction each; some stay for a while. */
    private void pair(Connection connection, Statement statement, long number) throws SQLException {
        connection.setAutoCommit(false);
        long old = number - 3;
        if (old >= 0) {
            statement.execute("DROP TABLE pair_a_%1$d, pair_b_%1$d".formatted(old));
        }
        statement.execute("CREATE TABLE pair_a_%d AS SELECT i, %<d AS n FROM generate_series(1, %d) i"
                .formatted(number, PAIR_ROWS));
        statement.execute("CREATE TABLE pair_b_%1$d AS SELECT * FROM pair_a_%1$d".formatted(number));
        connection.commit();
    }

    /** What is in one is in the other; sometimes the oldest go, from both. */
    private void writeTogether(Connection connection, Statement statement, long number) throws SQLException {
        connection.setAutoCommit(false);
        statement.execute("WITH made AS (INSERT INTO debit (amount) SELECT i FROM generate_series(1, 10) i"
                + " RETURNING id, amount) INSERT INTO credit SELECT id, amount FROM made");
        if (number % 10 == 9) {
            statement.execute("DELETE FROM debit WHERE id <= (SELECT max(id) - 500 FROM debit)");
            statement.execute("DELETE FROM credit WHERE id <= (SELECT max(id) - 500 FROM credit)");
        }
        connection.commit();
    }

    /** How often each thing was done until now. */
    Map<String, Long> done() {
        Map<String, Long> counts = new TreeMap<>();
        done.forEach((name, count) -> counts.put(name, count.get()));
        counts.put("TPC-B transactions", history(database));
        return counts;
    }

    long history(String in) {
        return Long.parseLong(String.valueOf(server.query(in, "SELECT count(*) FROM pgbench_history")));
    }

    /** Fails if anything has stopped by itself. */
    void verifyBusy() {
        if (!failures.isEmpty() || !pgbench.isAlive()) {
            throw new AssertionError("the traffic has stopped: " + failures + ", pgbench "
                    + (pgbench.isAlive() ? "runs" : "said: " + Shell.tried("tail", said.toString())));
        }
    }

    /** What cannot have been true of the database at any moment, in a copy; empty if nothing. */
    Map<String, String> broken(String copy) {
        Map<String, String> broken = new LinkedHashMap<>();
        String sums =
                "(SELECT sum(abalance) FROM pgbench_accounts) || ' ' || (SELECT sum(bbalance) FROM pgbench_branches)"
                        + " || ' ' || (SELECT sum(tbalance) FROM pgbench_tellers) || ' '"
                        + " || (SELECT coalesce(sum(delta), 0) FROM pgbench_history)";
        String found = String.valueOf(server.query(copy, "SELECT " + sums));
        List<String> four = List.of(found.split(" "));
        if (four.size() != 4 || four.stream().distinct().count() != 1) {
            broken.put("sums of accounts, branches, tellers, history", found);
        }
        expect(broken, copy, "accounts", "SELECT count(*) FROM pgbench_accounts", scale * 100_000L);
        expect(broken, copy, "rows of flicker", "SELECT count(*) FROM flicker", FLICKER_ROWS);
        expect(
                broken,
                copy,
                "right rows of rewritten",
                "SELECT count(*) FROM rewritten WHERE v = id AND t = md5(id::text)",
                STEADY_ROWS);
        expect(broken, copy, "rows of churned", "SELECT count(DISTINCT id) FROM churned", STEADY_ROWS);
        expect(
                broken,
                copy,
                "rows of debit or credit alone",
                "SELECT count(*) FROM debit FULL JOIN credit USING (id, amount) WHERE debit IS NULL OR credit IS NULL",
                0);
        expect(
                broken,
                copy,
                "debits that the sequence has not counted",
                "SELECT count(*) FROM debit WHERE id > (SELECT last_value FROM debit_id_seq)",
                0);
        expect(broken, copy, "tables without their pair, or not filled", """
                SELECT count(*) FROM (
                  SELECT substr(relname, 8) AS n, count(*) AS tables,
                    sum((xpath('//c/text()', query_to_xml('SELECT count(*) AS c FROM ' || relname, false, true, '')))[1]::text::int)
                      AS rows
                  FROM pg_class WHERE relname ~ '^pair_[ab]_' GROUP BY 1) pairs
                WHERE tables <> 2 OR rows <> %d""".formatted(2 * PAIR_ROWS), 0);
        return broken;
    }

    private void expect(Map<String, String> broken, String copy, String what, String sql, long expected) {
        String found = String.valueOf(server.query(copy, sql));
        if (!found.equals(Long.toString(expected))) {
            broken.put(what, found + " instead of " + expected);
        }
    }

    @Override
    public void close() throws InterruptedException {
        enough = true;
        pgbench.destroy();
        for (Thread worker : workers) {
            worker.join();
        }
        if (!pgbench.waitFor(60, TimeUnit.SECONDS)) {
            pgbench.destroyForcibly();
        }
    }
}
