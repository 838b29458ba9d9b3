package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ClientTools.Tool;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unsupported;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of one's own in a folder that goes when it does, of the newest PostgreSQL of this machine. It is reached by a socket in that
 * folder alone, never runs as root, and ends with this process however that ends: a shell holds a pipe from here, shuts the server down
 * and removes the folder when the pipe closes. For one thread.
 */
public final class OwnServer implements ScratchServer {
    private static final Logger LOG = LoggerFactory.getLogger(OwnServer.class);

    /** Another name than any dump has: one of pg_dumpall makes {@code postgres} itself. */
    static final String SUPERUSER = "holdfast_scratch";

    private static final String PORT = "5432";
    private static final int LONGEST_SOCKET_FOLDER = 90;
    private static final FileAttribute<?> OWNERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final long START_SECONDS = 60;
    private static final long STOP_SECONDS = 30;
    private static final int LOG_BYTES = 2000;

    /**
     * $1 is the folder, $2 that of the socket, the others become the server; a word on standard input, or its end, ends it. What the
     * server's account wrote, its file with a process number too, is never believed: what was restored may have written it.
     */
    private static final String GUARD = """
            folder=$1 sockets=$2; shift 2
            exec 3<&0
            "$@" 3<&- &
            server=$!
            {
              word=; read word <&3
              [ -n "$word" ] || trap '' TERM INT HUP
              kill -s QUIT $server 2>/dev/null
              [ -n "$word" ] || exit 7
            } &
            watcher=$!
            wait $server
            kill $watcher 2>/dev/null
            wait $watcher
            [ $? = 7 ] && rm -rf "$folder" "$sockets"
            exit 0
            """;

    private final Path folder;
    private final Path sockets;
    private final Tool initdb;
    private final ScratchAccount account;
    private final String password;
    private @Nullable Process guard;

    private OwnServer(Path folder, Path sockets, Tool initdb, ScratchAccount account) {
        this.folder = folder;
        this.sockets = sockets;
        this.initdb = initdb;
        this.account = account;
        password = HexFormat.of().formatHex(new SecureRandom().generateSeed(16));
    }

    /**
     * Makes a cluster and starts its server.
     *
     * @param scratch folder in which that of the server is made
     * @throws Missing (DATABASE_TOOL_MISSING) if no server is installed
     * @throws HoldfastException if it does not start
     */
    public static OwnServer start(ClientTools tools, Path scratch) {
        List<Tool> found = tools.all("initdb").stream()
                .filter(tool -> Files.isExecutable(tool.path().resolveSibling("postgres")))
                .toList();
        if (found.isEmpty()) {
            throw new Missing(
                    ErrorCode.DATABASE_TOOL_MISSING,
                    "no PostgreSQL server is installed here, so none can be made for a test restore",
                    "install one (apt install postgresql), or name a server with --scratch.");
        }
        ScratchAccount account = ScratchAccount.ofThisProcess();
        Path folder = null;
        try {
            Files.createDirectories(scratch);
            folder = Files.createTempDirectory(scratch, "pg");
            OwnServer server = new OwnServer(folder, sockets(folder), found.getLast(), account);
            try {
                server.make();
                server.run();
                return server;
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "a server for a test restore cannot be made in '" + scratch + "': " + e.getMessage(),
                    "see that there is room, or name another folder with HOLDFAST_SPOOL.",
                    e);
        }
    }

    private Path data() {
        return folder.resolve("data");
    }

    /** The path of a socket may have 107 bytes; where the folder's has more, its socket lies in the system's folder of temporary files. */
    private static Path sockets(Path folder) throws IOException {
        Path inside = folder.resolve("s");
        return inside.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_FOLDER
                ? Files.createDirectory(inside, OWNERS)
                : Files.createTempDirectory("holdfast-", OWNERS);
    }

    private void make() throws IOException {
        openTheWay();
        Files.createDirectory(data(), OWNERS);
        account.own(data());
        account.own(sockets);
        Path secret = sockets.resolve("password");
        Files.writeString(secret, password);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        account.own(secret);
        List<String> command = List.of(
                initdb.path().toString(),
                "--pgdata=" + data(),
                "--username=" + SUPERUSER,
                "--pwfile=" + secret,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
        Process process = builder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = ToolRun.tail(process.getInputStream());
        if (waitFor(process, START_SECONDS) != 0) {
            throw new IOException("initdb failed: " + said.strip());
        }
        Files.delete(secret);
        Files.writeString(
                data().resolve("postgresql.conf"),
                """

                listen_addresses = ''
                unix_socket_directories = '%s'
                lc_messages = 'C'
                fsync = off
                full_page_writes = off
                synchronous_commit = off
                autovacuum = off
                max_wal_size = '1GB'
                shared_buffers = '64MB'
                logging_collector = off
                """.formatted(sockets.toString().replace("'", "''")),
                StandardOpenOption.APPEND);
    }

    /** Root's folders are closed to others, also those that lead to this one. */
    private void openTheWay() throws IOException {
        if (!account.isOther()) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        for (Path own : parent == null ? List.of(folder) : List.of(folder, parent)) {
            if (Files.getOwner(own).getName().equals("root")
                    && Files.getPosixFilePermissions(own).equals(PosixFilePermissions.fromString("rwx------"))) {
                Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx--x--x"));
            }
        }
        Path closed = ScratchAccount.closed(folder);
        if (!closed.equals(closed.getRoot())) {
            throw new Unsupported(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the account '" + account.other() + "', which runs the server of a test restore, may not enter '"
                            + closed + "'",
                    "name a folder that it may enter with HOLDFAST_SPOOL, such as /var/tmp.");
        }
    }

    /**
     * Hands a folder of files to the account that restores here, and opens the way to it. Nothing is changed outside the folder that this
     * server is in.
     *
     * @param dump below that folder
     * @throws Unsupported (CONFIGURATION_INVALID) if it is not
     */
    void letRead(Path dump) throws IOException {
        if (!account.isOther()) {
            return;
        }
        Path spool = folder.toRealPath().resolveSibling("");
        Path real = dump.toRealPath();
        if (!real.startsWith(spool) || real.equals(spool)) {
            throw new Unsupported(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'" + dump + "' does not lie in '" + spool + "', where the server of a test restore is",
                    "report this.");
        }
        Path way = spool.relativize(real);
        for (int i = 1; i < way.getNameCount(); i++) {
            Path above = spool.resolve(way.subpath(0, i));
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(above);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
            Files.setPosixFilePermissions(above, permissions);
        }
        try (Stream<Path> files = Files.list(real)) {
            for (Path file : files.toList()) {
                account.own(file);
            }
        }
        account.own(real);
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(account.run(command)).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private void run() throws IOException {
        Path postgres = initdb.path().resolveSibling("postgres");
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", GUARD, "holdfast-scratch", folder.toString(), sockets.toString()));
        command.addAll(account.run(List.of(postgres.toString(), "-D", data().toString(), "-p", PORT)));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        Process started = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        guard = started;
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try {
                Session.open(location("postgres")).close();
                return;
            } catch (HoldfastException e) {
                if (System.nanoTime() > giveUp || ended(started)) {
                    throw new IOException("the server did not start: " + logTail(), e);
                }
            }
        }
    }

    /** Waits a little. */
    private static boolean ended(Process process) {
        try {
            return process.waitFor(50, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw stopped(e);
        }
    }

    private Path log() {
        return folder.resolve("log");
    }

    private String logTail() {
        try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
            byte[] tail = new byte[(int) Math.min(file.length(), LOG_BYTES)];
            file.seek(file.length() - tail.length);
            file.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "(no log)";
        }
    }

    private PostgresLocation location(String database) {
        return location(database, SUPERUSER);
    }

    private PostgresLocation location(String database, String user) {
        return PostgresLocation.parse("host='" + sockets + "' port=" + PORT + " user='" + quoted(user)
                        + "' sslmode=disable dbname='" + quoted(database) + "'")
                .withPassword(password);
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("'", "\\'");
    }

    ScratchAccount account() {
        return account;
    }

    @Override
    public String location() {
        return "a PostgreSQL " + initdb.version() + " of its own";
    }

    @Override
    public int major() {
        return initdb.major();
    }

    @Override
    public boolean own() {
        return true;
    }

    @Override
    public OptionalLong freeBytes() {
        try {
            return OptionalLong.of(Files.getFileStore(folder).getUsableSpace());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public ScratchDatabase database() {
        String name = DatabaseNames.unfinished("scratch");
        administer("CREATE DATABASE " + Sql.name(name) + " TEMPLATE template0");
        return new ScratchDatabase(location(name), major(), () -> {
            if (guard != null) {
                administer("DROP DATABASE IF EXISTS " + Sql.name(name) + " WITH (FORCE)");
            }
        });
    }

    /**
     * Makes an empty database with a name of its own, as a role of which nothing remains but what it owns.
     *
     * @param owner owns what is made in it, if nobody says otherwise
     */
    ScratchDatabase database(String owner, String name) {
        makeRoles(List.of(owner));
        administer("ALTER ROLE " + Sql.name(owner) + " LOGIN PASSWORD " + Sql.literal(password));
        administer("CREATE DATABASE " + Sql.name(name) + " TEMPLATE template0 ENCODING 'UTF8'");
        return new ScratchDatabase(location(name, owner), major(), () -> {});
    }

    /**
     * Takes all power from the roles that were made, and gives the database to whoever owns most of it: as it should be captured.
     *
     * @return how to reach it
     */
    PostgresLocation settled(String name) {
        try (Session session = Session.open(location(name))) {
            session.run("DO $do$ DECLARE r pg_catalog.text; BEGIN FOR r IN SELECT rolname FROM pg_catalog.pg_roles"
                    + " WHERE rolname !~ '^pg_' AND rolname <> " + Sql.literal(SUPERUSER)
                    + " LOOP EXECUTE pg_catalog.format("
                    + "'ALTER ROLE %I NOSUPERUSER NOLOGIN NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD NULL', r);"
                    + " END LOOP; END $do$");
            List<String> owners = session.list(
                    "SELECT pg_catalog.pg_get_userbyid(c.relowner)::text FROM pg_catalog.pg_class c"
                            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                            + " WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
                            + " GROUP BY 1 ORDER BY pg_catalog.count(*) DESC, 1",
                    row -> row.getString(1));
            if (!owners.isEmpty()) {
                session.run("ALTER DATABASE " + Sql.name(name) + " OWNER TO " + Sql.name(owners.getFirst()));
            }
            return location(name);
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "preparing the capture of database '" + name + "'", location(name));
        }
    }

    /** Makes roles that are not there; they can do everything, for whatever they owned has to be restorable. */
    void makeRoles(Iterable<String> names) {
        for (String name : names) {
            if (!name.isEmpty() && !name.startsWith("pg_") && !name.equals("public") && !name.equals(SUPERUSER)) {
                administer("DO $do$ BEGIN CREATE ROLE " + Sql.name(name)
                        + " SUPERUSER NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $do$");
            }
        }
    }

    /** All databases that are no templates, with what is in them. */
    List<ScratchDatabase> databases() {
        try (Session session = Session.open(location("postgres"))) {
            return session
                    .list(
                            "SELECT datname::text FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate"
                                    + " ORDER BY 1",
                            row -> row.getString(1))
                    .stream()
                    .map(name -> new ScratchDatabase(location(name), major(), () -> {}))
                    .toList();
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "listing the databases of a scratch server", location("postgres"));
        }
    }

    private void administer(String sql) {
        PostgresLocation first = location("template1");
        try (Session session = Session.open(first)) {
            session.run(sql);
        } catch (SQLException e) {
            throw SqlFailures.restoring(e, "preparing a scratch server", first);
        }
    }

    @Override
    public void close() {
        Process running = guard;
        guard = null;
        if (running != null) {
            try (OutputStream words = running.getOutputStream()) {
                words.write("stop\n".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // the shell is gone, and what it held with it
            }
            boolean interrupted = Thread.interrupted();
            try {
                if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    running.descendants().forEach(ProcessHandle::destroyForcibly);
                    running.destroyForcibly();
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        remove();
    }

    /** What stays is swept with the folder that it is in. */
    private void remove() {
        remove(sockets);
        remove(folder);
    }

    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // somebody was quicker
        } catch (IOException e) {
            LOG.warn("'{}' could not be removed", folder, e);
        }
    }

    private static int waitFor(Process process, long seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return -1;
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw stopped(e);
        }
    }

    private static Cancelled stopped(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Cancelled(ErrorCode.CANCELLED, "the test restore was stopped", "", e);
    }
}
