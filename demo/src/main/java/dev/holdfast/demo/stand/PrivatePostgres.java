package dev.holdfast.demo.stand;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of one's own: a fresh cluster in a folder, reachable over TCP on 127.0.0.1 and over a socket in its
 * own folder, with one superuser {@code postgres} and a random password (SCRAM).
 *
 * <p>The server ends with this process, however that ends: a shell holds a pipe from here and shuts the server down when the
 * pipe closes. Methods may be called from several threads; starting and stopping take turns.
 */
public final class PrivatePostgres implements AutoCloseable {
    public static final String SUPERUSER = "postgres";

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
    private static final int LONGEST_SOCKET_FOLDER = 80;

    /**
     * Runs the server ($4...), and shuts it down at a word on standard input: "fast", or "immediate" when nothing is worth a
     * checkpoint. When the input ends without a word while the server runs, the process that held it is gone; then the
     * shell removes its folders ($2, $3) too, where there are any. $1 is the server's pid file: it is asked because a change of account may put a
     * process between the shell and the server.
     */
    private static final String GUARD = """
            pidfile=$1; scratch=$2; orphan=$3; shift 3
            exec 3<&0
            "$@" 3<&- &
            server=$!
            {
              word=; read word <&3
              [ -n "$word" ] || trap '' TERM
              signal=INT; [ "$word" = fast ] || signal=QUIT
              kill -s $signal "$(head -n 1 "$pidfile")" 2>/dev/null || kill -s $signal $server 2>/dev/null
              [ -n "$word" ] || exit 7
            } &
            watcher=$!
            wait $server
            code=$?
            kill $watcher 2>/dev/null
            wait $watcher
            if [ $? = 7 ]; then
              rm -rf "$scratch" "$orphan"
              # what else was orphaned may have gone on writing
              sleep 5; rm -rf "$scratch" "$orphan"
            fi
            exit $code
            """;

    private final ServerBinaries binaries;
    private final ServerAccount account;
    private final Path home;
    private final Path sockets;
    private final @Nullable Scratch scratch;
    private final String password;
    private final Map<String, String> settings;
    private final Thread endWithUs = new Thread(this::close, "stop private PostgreSQL");
    private final boolean keepFiles;
    private final @Nullable Path orphan;
    private int port;
    private @Nullable Process guard;

    private PrivatePostgres(Builder builder) {
        this.account = ServerAccount.forThisProcess();
        boolean elsewhere = account.isOther() && !Scratch.openToAll(builder.folder);
        this.scratch = elsewhere || tooLong(builder.folder) ? Scratch.create("holdfast-pg-") : null;
        this.home = (elsewhere && scratch != null ? scratch.folder() : builder.folder).toAbsolutePath();
        this.sockets = scratch != null ? scratch.folder().resolve("s") : home.resolve("s");
        this.password = builder.primary != null
                ? builder.primary.password
                : HexFormat.of().formatHex(new SecureRandom().generateSeed(16));
        this.settings = Map.copyOf(builder.settings);
        this.binaries = builder.binaries != null ? builder.binaries : ServerBinaries.any(home.resolve("embedded"));
        this.keepFiles = builder.keepFiles;
        this.orphan = builder.orphan;
        this.port = FreePort.next();
    }

    private static boolean tooLong(Path folder) {
        return folder.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_FOLDER;
    }

    /**
     * Describes a server that lives below {@code folder}. Where the server has to run under another account that cannot
     * reach the folder, it lives in a scratch folder of its own instead, and removes that when closed.
     */
    public static Builder in(Path folder) {
        return new Builder(folder);
    }

    /** What the server should be like; {@link #start()} makes it. */
    public static final class Builder {
        private final Path folder;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<String> initdb = new ArrayList<>();
        private @Nullable ServerBinaries binaries;
        private String encoding = "UTF8";
        private String locale = "C";
        private boolean keepFiles;
        private @Nullable Path orphan;
        private @Nullable PrivatePostgres primary;

        private Builder(Path folder) {
            this.folder = folder;
        }

        /** The programs to run; by default the machine's newest, else the embedded ones. */
        public Builder binaries(ServerBinaries chosen) {
            this.binaries = chosen;
            return this;
        }

        /** The programs of one major version, which must be installed. */
        public Builder major(int major) {
            return binaries(ServerBinaries.onThisMachine(major)
                    .orElseThrow(
                            () -> new StandFailure("PostgreSQL %d is not installed on this machine".formatted(major))));
        }

        /** The encoding of the template databases; by default {@code UTF8}. */
        public Builder encoding(String name) {
            this.encoding = name;
            return this;
        }

        /** The locale of the template databases; by default {@code C}. */
        public Builder locale(String name) {
            this.locale = name;
            return this;
        }

        /** One more argument for {@code initdb}. */
        public Builder initdb(String argument) {
            initdb.add(argument);
            return this;
        }

        /** One line of {@code postgresql.conf}; the value is quoted here. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Trades the safety of the data against power loss for speed: for data that is generated anyway. */
        public Builder forgetful() {
            return setting("fsync", "off").setting("synchronous_commit", "off").setting("full_page_writes", "off");
        }

        /** Makes it a standby that follows another server; it has that one's password and databases. */
        public Builder standbyOf(PrivatePostgres server) {
            this.primary = server;
            return binaries(server.binaries);
        }

        /** Leaves the cluster's files where they are when the server is closed. */
        public Builder keepFiles() {
            this.keepFiles = true;
            return this;
        }

        /** Has a folder removed when this process is killed and cannot do it itself. */
        public Builder removeWhenOrphaned(Path path) {
            this.orphan = path.toAbsolutePath();
            return this;
        }

        /** Creates the cluster and starts its server. */
        public PrivatePostgres start() {
            PrivatePostgres postgres = new PrivatePostgres(this);
            try {
                if (primary == null) {
                    postgres.createCluster(encoding, locale, initdb);
                } else {
                    postgres.copyCluster(primary);
                }
                postgres.start();
                return postgres;
            } catch (RuntimeException e) {
                postgres.close();
                throw e;
            }
        }
    }

    /** The port on 127.0.0.1; it stays the same when the server is stopped and started. */
    public int port() {
        return port;
    }

    /** The folder that holds the server's Unix socket: a host name for libpq. */
    public Path socketFolder() {
        return sockets;
    }

    /** The folder with the server's programs. */
    public Path binFolder() {
        return binaries.bin();
    }

    public int major() {
        return binaries.major();
    }

    public String password() {
        return password;
    }

    /** A libpq URL with the superuser and the password in it. */
    public String url(String database) {
        return url(SUPERUSER, password, database);
    }

    /** A libpq URL for another role; names and password are taken as they are and must need no escaping. */
    public String url(String user, String secret, String database) {
        return "postgresql://%s:%s@127.0.0.1:%d/%s".formatted(user, secret, port, database);
    }

    /** A JDBC URL with the superuser and the password in it. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?user=%s&password=%s".formatted(port, database, SUPERUSER, password);
    }

    /** A new connection of the superuser, in autocommit mode. */
    public Connection connect(String database) {
        try {
            return open(database);
        } catch (SQLException e) {
            throw failure("cannot connect to database '%s'".formatted(database), e);
        }
    }

    /** Runs statements one after the other as the superuser, each in a transaction of its own. */
    public void execute(String database, String... statements) {
        try (Connection connection = open(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw failure("a statement failed in database '%s'".formatted(database), e);
        }
    }

    /** The first column of the first row of a query, as text; null when that is null or there is no row. */
    public @Nullable String query(String database, String sql) {
        try (Connection connection = open(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw failure("a query failed in database '%s'".formatted(database), e);
        }
    }

    public void createDatabase(String name) {
        execute(SUPERUSER, "CREATE DATABASE " + quoted(name));
    }

    /** Drops the database when it exists, with the connections to it. */
    public void dropDatabase(String name) {
        execute(SUPERUSER, "DROP DATABASE IF EXISTS " + quoted(name) + " WITH (FORCE)");
    }

    public boolean hasDatabase(String name) {
        return "t"
                .equals(query(
                        SUPERUSER,
                        "SELECT exists(SELECT FROM pg_database WHERE datname = '%s')"
                                .formatted(name.replace("'", "''"))));
    }

    /** The last lines of the server's log. */
    public String logTail() {
        Path log = home.resolve("server.log");
        if (!Files.exists(log)) {
            return "(no log)";
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] tail = new byte[(int) Math.min(file.length(), 4096)];
            file.seek(file.length() - tail.length);
            file.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "(the log '%s' cannot be read: %s)".formatted(log, e.getMessage());
        }
    }

    public synchronized boolean isRunning() {
        return guard != null && guard.isAlive();
    }

    /** Starts the server and waits until it answers; does nothing when it runs. */
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        long giveUp = System.nanoTime() + START_LIMIT.toNanos();
        Process started = launch();
        while (true) {
            try {
                open(SUPERUSER).close();
                return;
            } catch (SQLException e) {
                if (System.nanoTime() > giveUp) {
                    stop();
                    throw failure("PostgreSQL did not answer within " + START_LIMIT.toSeconds() + " s", e);
                }
                if (waitFor(started, Duration.ofMillis(20))) {
                    started = launchAgain(e, giveUp);
                }
            }
        }
    }

    /** Shuts the server down in order: open transactions are rolled back, everything committed is written. */
    public void stop() {
        shutDown("fast");
    }

    private synchronized void shutDown(String word) {
        Process running = guard;
        if (running == null) {
            return;
        }
        try (OutputStream words = running.getOutputStream()) {
            words.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // the shell is gone already: so is what it waits for, which is looked at next
        }
        if (!waitFor(running, STOP_LIMIT)) {
            killHard();
        }
        guard = null;
    }

    /** Ends the server and all its processes at once, as a crash does; {@link #start()} then recovers. */
    public synchronized void killHard() {
        Process running = guard;
        if (running == null) {
            return;
        }
        List<ProcessHandle> family = running.descendants().toList();
        family.forEach(ProcessHandle::destroyForcibly);
        running.destroyForcibly();
        waitFor(running, STOP_LIMIT);
        family.forEach(member -> member.onExit()
                .orTimeout(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join());
        guard = null;
    }

    /** Stops the server and removes its cluster, unless {@link Builder#keepFiles()} was asked. */
    @Override
    public void close() {
        shutDown(keepFiles ? "fast" : "immediate");
        if (!Thread.currentThread().equals(endWithUs)) {
            try {
                Runtime.getRuntime().removeShutdownHook(endWithUs);
            } catch (IllegalStateException e) {
                // the process is ending: the hook is running or has run
            }
        }
        if (!keepFiles) {
            Scratch.delete(home.resolve("data"));
        }
        if (scratch != null) {
            scratch.close();
        }
    }

    /** Folders of the server, which belong to the account it runs under. */
    private void createFolders(Path data) throws IOException {
        Files.createDirectories(home);
        for (Path folder : List.of(data, sockets)) {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            account.own(folder);
        }
    }

    private void copyCluster(PrivatePostgres primary) {
        Runtime.getRuntime().addShutdownHook(endWithUs);
        Path data = home.resolve("data");
        try {
            createFolders(data);
            initialise(List.of(
                    binaries.program("pg_basebackup").toString(),
                    "--pgdata=" + data,
                    "--dbname=host=127.0.0.1 port=" + primary.port + " user=" + SUPERUSER,
                    "--write-recovery-conf",
                    "--checkpoint=fast",
                    "--no-sync"));
            Files.writeString(data.resolve("postgresql.conf"), configuration(), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new StandFailure("cannot copy a PostgreSQL cluster to '%s': %s".formatted(home, e), e);
        }
    }

    private void createCluster(String encoding, String locale, List<String> more) {
        Runtime.getRuntime().addShutdownHook(endWithUs);
        Path data = home.resolve("data");
        Path secret = home.resolve("password");
        try {
            createFolders(data);
            Files.writeString(secret, password);
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
            account.own(secret);
            List<String> command = new ArrayList<>(List.of(
                    binaries.program("initdb").toString(),
                    "--pgdata=" + data,
                    "--username=" + SUPERUSER,
                    "--pwfile=" + secret,
                    "--auth=scram-sha-256",
                    "--encoding=" + encoding,
                    "--locale=" + locale,
                    "--no-sync"));
            command.addAll(more);
            initialise(command);
            Files.delete(secret);
            Files.writeString(data.resolve("postgresql.conf"), configuration(), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new StandFailure("cannot create a PostgreSQL cluster in '%s': %s".formatted(home, e), e);
        }
    }

    private void initialise(List<String> command) throws IOException {
        ProcessBuilder builder = process(account.run(command)).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", password);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new StandFailure("%s failed with exit code %d:%n%s"
                        .formatted(Path.of(command.getFirst()).getFileName(), process.exitValue(), said));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StandFailure("interrupted while creating a PostgreSQL cluster", e);
        }
    }

    private String configuration() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("listen_addresses", "127.0.0.1");
        all.put("unix_socket_directories", sockets.toString());
        all.put("password_encryption", "scram-sha-256");
        all.put("lc_messages", "C");
        all.put("shared_buffers", "64MB");
        all.put("logging_collector", "off");
        all.putAll(settings);
        StringBuilder lines = new StringBuilder("\n");
        all.forEach((name, value) -> lines.append("%s = '%s'%n".formatted(name, value.replace("'", "''"))));
        return lines.toString();
    }

    private Process launch() {
        Path data = home.resolve("data");
        List<String> command = new ArrayList<>(List.of("sh", "-c", GUARD, "holdfast-guard"));
        command.add(data.resolve("postmaster.pid").toString());
        command.add(scratch == null ? "" : scratch.folder().toString());
        command.add(orphan == null ? "" : orphan.toString());
        command.addAll(account.run(
                List.of(binaries.program("postgres").toString(), "-D", data.toString(), "-p", Integer.toString(port))));
        try {
            Process launched = process(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            home.resolve("server.log").toFile()))
                    .start();
            guard = launched;
            return launched;
        } catch (IOException e) {
            throw new StandFailure("cannot run '%s': %s".formatted(binaries.program("postgres"), e.getMessage()), e);
        }
    }

    /** A server that ended at once may have met a foreign listener on its port, or the last of a killed predecessor. */
    private Process launchAgain(SQLException last, long giveUp) {
        String log = logTail();
        if (log.contains("Address already in use") && System.nanoTime() < giveUp) {
            port = FreePort.next();
            return launch();
        }
        if (log.contains("is still in use") && System.nanoTime() < giveUp) {
            return launch();
        }
        guard = null;
        throw failure("PostgreSQL %d ended while starting".formatted(major()), last);
    }

    private ProcessBuilder process(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private Connection open(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", SUPERUSER);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "10");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database), properties);
    }

    private StandFailure failure(String what, SQLException cause) {
        return new StandFailure(
                "%s: %s%nlast lines of the server's log:%n%s".formatted(what, cause.getMessage(), logTail()), cause);
    }

    private static boolean waitFor(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StandFailure("interrupted while waiting for PostgreSQL", e);
        }
    }

    private static String quoted(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }
}
