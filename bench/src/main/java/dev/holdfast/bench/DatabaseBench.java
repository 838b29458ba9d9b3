package dev.holdfast.bench;

import dev.holdfast.demo.stand.PrivatePostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** A database, beside pg_dump and pg_restore. */
final class DatabaseBench implements Benchmark {
    private static final String SOURCE = "bench";
    private static final String OURS = "bench_ours";
    private static final String THEIRS = "bench_theirs";
    private static final String COMPLETE = "tail -n 5 | grep '^-- PostgreSQL database dump complete'";
    private static final double PGBENCH_SHARE = 0.4;
    private static final double PGBENCH_BYTES_PER_SCALE = 15e6;
    private static final double APPENDED = 0.05;
    private static final List<String> TABLES = List.of(
            "pgbench_accounts", "pgbench_branches", "pgbench_tellers", "pgbench_history", "customers", "documents");

    private final Path scratch;
    private final Options options;
    private final PrivatePostgres postgres;
    private final long postmaster;
    private final Map<String, String> libpq;
    private final Holdfast holdfast;
    private final Path before;
    private final Path gzipped;
    private final Path dump;
    private boolean backedUp;
    private boolean appended;

    DatabaseBench(Path scratch, Path launcher, Options options, Ending ending) {
        this.scratch = scratch;
        this.options = options;
        this.postgres = PrivatePostgres.in(scratch.resolve("postgres"))
                .setting("shared_buffers", "256MB")
                .setting("maintenance_work_mem", "256MB")
                .setting("max_wal_size", "4GB")
                // it would start at moments of its own choosing
                .setting("autovacuum", "off")
                .start();
        ending.add(postgres::close);
        Tools.require(Map.of(program("pg_dump"), "postgresql-client", program("pgbench"), "postgresql-contrib"));
        this.postmaster = ProcessHandle.of(Long.parseLong(
                        query("postgres", "select pid from pg_stat_activity where backend_type = 'checkpointer'")))
                .flatMap(ProcessHandle::parent)
                .orElseThrow()
                .pid();
        this.libpq = Map.of(
                "PGHOST",
                "127.0.0.1",
                "PGPORT",
                Integer.toString(postgres.port()),
                "PGUSER",
                PrivatePostgres.SUPERUSER,
                "PGPASSWORD",
                postgres.password());
        this.holdfast = new Holdfast(
                launcher,
                scratch.resolve("holdfast"),
                "database",
                """
                postgres:
                  url: postgresql://%s@127.0.0.1:%d/%s
                  password: ${BENCH_DB_PASSWORD}
                """.formatted(PrivatePostgres.SUPERUSER, postgres.port(), SOURCE),
                Map.of("BENCH_DB_PASSWORD", postgres.password()));
        this.before = scratch.resolve("holdfast-before");
        this.gzipped = scratch.resolve("dump.sql.gz");
        this.dump = scratch.resolve("dump.custom");
        fill();
    }

    private void fill() {
        postgres.createDatabase(SOURCE);
        long scale = Math.max(1, Math.round(options.sizeBytes() * PGBENCH_SHARE / PGBENCH_BYTES_PER_SCALE));
        Shell.run(client("pgbench", "-i", "-q", "--foreign-keys", "-s", Long.toString(scale), SOURCE));
        postgres.execute(SOURCE, Documents.TABLE);
        load(documentBytes(), options.seed());
        settle();
    }

    private long documentBytes() {
        return (long) (options.sizeBytes() * (1 - PGBENCH_SHARE));
    }

    private void load(long bytes, long seed) {
        Shell.feed(
                client("psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", Documents.COPY, SOURCE),
                out -> Documents.write(bytes, seed, out));
    }

    /** Nothing is left for later that would slow down whoever comes first. */
    private void settle() {
        postgres.execute(SOURCE, "vacuum analyze", "checkpoint");
    }

    private void append() {
        postgres.execute(
                SOURCE,
                "insert into pgbench_accounts select aid + (select max(aid) from pgbench_accounts), bid, abalance, filler"
                        + " from pgbench_accounts where aid <= (select max(aid) from pgbench_accounts) * " + APPENDED);
        load((long) (documentBytes() * APPENDED), options.seed() + 1);
        settle();
    }

    @Override
    public List<String> facts() {
        return List.of(
                "data: database of %.2f GB, %s documents, %s accounts (at the end)"
                        .formatted(
                                Long.parseLong(query(SOURCE, "select pg_database_size('" + SOURCE + "')")) / 1e9,
                                query(SOURCE, "select count(*) from documents"),
                                query(SOURCE, "select count(*) from pgbench_accounts")),
                "peers: " + Shell.read(client("pg_dump", "--version")));
    }

    @Override
    public List<Phase> phases() {
        return List.of(
                new Phase("first", List.of(backup(this::begin), dumpToNull(() -> {}), dumpToGzip(() -> {}))),
                new Phase(
                        "append",
                        List.of(
                                backup(this::rewind),
                                dumpToNull(this::ensureAppended),
                                dumpToGzip(this::ensureAppended))),
                new Phase("restore", List.of(restore(), pgRestore())));
    }

    private Turn backup(Runnable prepare) {
        return new Turn(Holdfast.NAME, prepare, holdfast::backup, holdfast::storedBytes, () -> {
            holdfast.check();
            holdfast.compare();
        });
    }

    private Turn dumpToNull(Runnable prepare) {
        return new Turn(
                "pg_dump-null",
                prepare,
                () -> shell("\"$1\" -Fc -Z0 \"$2\" > /dev/null", program("pg_dump"), SOURCE),
                Turn.STORES_NOTHING,
                () -> Shell.run(shell(
                        "\"$1\" -Fc -Z0 \"$2\" | \"$3\" -f - | " + COMPLETE,
                        program("pg_dump"),
                        SOURCE,
                        program("pg_restore"))));
    }

    private Turn dumpToGzip(Runnable prepare) {
        return new Turn(
                "pg_dump-gzip",
                () -> {
                    prepare.run();
                    Trees.delete(gzipped);
                },
                () -> shell("\"$1\" \"$2\" | gzip > \"$3\"", program("pg_dump"), SOURCE, gzipped.toString()),
                () -> gzipped.toFile().length(),
                () -> Shell.run(shell("gzip -dc \"$1\" | " + COMPLETE, gzipped.toString())));
    }

    private Turn restore() {
        return new Turn(
                Holdfast.NAME,
                () -> {
                    ensureBackup();
                    postgres.dropDatabase(OURS);
                },
                () -> holdfast.restore(OURS),
                Turn.STORES_NOTHING,
                () -> {
                    requireEqual(OURS);
                    holdfast.compare(OURS);
                });
    }

    private Turn pgRestore() {
        return new Turn(
                "pg_restore-j2",
                () -> {
                    ensureDump();
                    postgres.dropDatabase(THEIRS);
                },
                () -> shell(
                        "\"$1\" \"$2\"; \"$3\" -j2 -d \"$2\" \"$4\"",
                        program("createdb"),
                        THEIRS,
                        program("pg_restore"),
                        dump.toString()),
                Turn.STORES_NOTHING,
                () -> requireEqual(THEIRS));
    }

    private void begin() {
        holdfast.init();
        backedUp = true;
    }

    private void ensureBackup() {
        if (!backedUp) {
            begin();
            Shell.run(holdfast.backup());
        }
    }

    private void ensureAppended() {
        if (!appended) {
            ensureBackup();
            Trees.copy(holdfast.folder(), before);
            append();
            appended = true;
        }
    }

    /** Every round begins with the repository as it was before the rows were appended. */
    private void rewind() {
        ensureAppended();
        Trees.copy(before, holdfast.folder());
    }

    private void ensureDump() {
        if (!Files.exists(dump)) {
            Shell.run(client("pg_dump", "-Fc", "-f", dump.toString(), SOURCE));
            requireDocuments(client("pg_restore", "-l", dump.toString()));
        }
    }

    private static void requireDocuments(Command listing) {
        if (!Shell.read(listing).contains("TABLE DATA public documents")) {
            throw new BenchFailure("the dump holds no table 'documents'");
        }
    }

    private void requireEqual(String copy) {
        SortedMap<String, String> wanted = fingerprints(SOURCE);
        SortedMap<String, String> found = fingerprints(copy);
        if (!found.equals(wanted)) {
            throw new BenchFailure("'%s' is not equal: expected %s, found %s".formatted(copy, wanted, found));
        }
    }

    /** Rows and a hash over them in any order, of each table. */
    private SortedMap<String, String> fingerprints(String database) {
        SortedMap<String, String> all = new TreeMap<>();
        for (String table : TABLES) {
            all.put(
                    table,
                    query(
                            database,
                            "select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) from %s t"
                                    .formatted(table)));
        }
        return all;
    }

    private String program(String name) {
        return postgres.binFolder().resolve(name).toString();
    }

    private Command client(String program, String... arguments) {
        return Command.of(scratch, libpq, program(program)).plus(arguments);
    }

    private Command shell(String line, String... arguments) {
        return Command.shell(scratch, libpq, line, arguments);
    }

    private String query(String database, String sql) {
        return Objects.requireNonNull(postgres.query(database, sql), "the query has no answer");
    }

    @Override
    public double serverSeconds() {
        return Processes.cpuSeconds(postmaster);
    }
}
