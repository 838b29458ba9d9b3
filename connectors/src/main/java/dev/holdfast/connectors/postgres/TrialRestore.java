package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ClientTools.Tool;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.error.Unsupported;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Restores a dump into a scratch server by PostgreSQL's own programs, which end at the first error, and counts what came back.
 *
 * <p>What is restored is SQL of somebody else. In a server of one's own it runs as that server's superuser, and so can do what the account
 * of the server can; with a lent one, what its user can, and psql obeys no commands of its own ({@code \!}) in it. For one thread.
 */
public final class TrialRestore {
    private static final int KNOWS_TRANSACTION_TIMEOUT = 17;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int HEARTBEAT_SECONDS = 1;
    private static final long LEAST_FREE_BYTES = 256L << 20;
    private static final int SHOWN = 3;

    /** The first of each major version that has {@code \restrict} (CVE-2025-8714). */
    private static final Map<Integer, Integer> KNOWS_RESTRICT = Map.of(13, 22, 14, 19, 15, 14, 16, 10, 17, 6);

    private static final int EVERY_ONE_KNOWS_RESTRICT = 18;
    private static final Pattern NUMBERS = Pattern.compile("([0-9]+)(?:\\.([0-9]+))?.*");
    private static final Pattern NO_EXTENSION = Pattern.compile("extension \"([^\"]+)\" is not available");

    private final ScratchServer server;
    private final ClientTools tools;
    private final Runnable heartbeat;

    /**
     * @param heartbeat called about every second; if it throws, the restore ends
     */
    public TrialRestore(ScratchServer server, ClientTools tools, Runnable heartbeat) {
        this.server = server;
        this.tools = tools;
        this.heartbeat = heartbeat;
    }

    /**
     * Restores it into a database that is dropped afterwards, whatever happens.
     *
     * @throws NoSpace (STORE_FULL) if it surely does not fit
     * @throws Damaged if the dump does not hold while it is read
     * @throws Failed (DATABASE_RESTORE_FAILED) if PostgreSQL refuses any of it, or nothing came back
     * @throws Failed (DIFFERENT) if a table has other rows than the dump has
     */
    public TrialReport run(TrialDump dump) {
        return run(dump, server::database, (_, report) -> report);
    }

    /**
     * The same; what came back is there until {@code then} has used it.
     *
     * @param made makes the database that it is restored into
     */
    <T> T run(TrialDump dump, Supplier<ScratchDatabase> made, BiFunction<ScratchDatabase, TrialReport, T> then) {
        requireRoom(dump);
        boolean ofServer =
                dump.kind() == TrialDump.Kind.SCRIPT && dump.contents().ofServer();
        if (ofServer && !server.own()) {
            throw new Unsupported(
                    ErrorCode.USAGE,
                    "'" + dump.where() + "' makes databases and roles of its own",
                    "leave --scratch out, and it is restored into a server of its own.");
        }
        try (ScratchDatabase database = made.get()) {
            if (server instanceof OwnServer own && !ofServer) {
                own.makeRoles(dump.contents().roles());
            }
            try (Route route = Route.open(database.location())) {
                restore(dump, route.location());
            }
            TrialReport report =
                    ofServer && server instanceof OwnServer own ? countedAll(dump, own) : counted(dump, database);
            return then.apply(database, report);
        }
    }

    private void requireRoom(TrialDump dump) {
        OptionalLong free = server.freeBytes();
        long needed = dump.contents().bytes() * 2 + LEAST_FREE_BYTES;
        if (free.isPresent() && free.getAsLong() < needed) {
            throw new NoSpace(
                    ErrorCode.STORE_FULL,
                    "a test restore of '" + dump.where() + "' needs about " + (needed >> 20) + " MiB, and "
                            + (free.getAsLong() >> 20) + " MiB are free",
                    "free some, or name another folder with HOLDFAST_SPOOL, or a server with --scratch.");
        }
    }

    private void restore(TrialDump dump, PostgresLocation database) {
        try (InputStream content = dump.opened().get()) {
            if (dump.kind() == TrialDump.Kind.SCRIPT) {
                script(dump, database, content);
            } else {
                archive(dump, database, content);
            }
        } catch (IOException e) {
            throw new Failed(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    "a test restore of '" + dump.where() + "' failed: " + e.getMessage(),
                    "see that the programs of PostgreSQL can be run here.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled(ErrorCode.CANCELLED, "the test restore was stopped", "", e);
        }
    }

    private void archive(TrialDump dump, PostgresLocation database, InputStream content)
            throws IOException, InterruptedException {
        Tool tool = tools.restore(server.major(), major(dump.contents().tool()));
        boolean tolerant = tool.major() >= KNOWS_TRANSACTION_TIMEOUT && server.major() < KNOWS_TRANSACTION_TIMEOUT;
        List<String> arguments = new ArrayList<>(List.of("--no-password", "--format=" + format(dump.kind())));
        if (!tolerant) {
            arguments.add("--exit-on-error");
        }
        if (!server.own()) {
            arguments.addAll(List.of("--no-owner", "--no-privileges", "--no-comments", "--no-tablespaces"));
        }
        arguments.add("--dbname=" + database.connectionArgument());
        if (dump.folder().isPresent()) {
            if (server instanceof OwnServer own) {
                own.letRead(dump.folder().get());
            }
            arguments.add(dump.folder().get().toString());
        }
        ToolRun run = fed(
                command(tool, arguments),
                database,
                content,
                (bytes, length, out) -> out.write(bytes, 0, Math.max(0, length)));
        if (run.exitCode() != 0 && !(tolerant && SchemaRestore.Tolerated.isAllOf(run.stderr()))) {
            throw refused(dump, run, "pg_restore " + tool.version());
        }
    }

    private static String format(TrialDump.Kind kind) {
        return switch (kind) {
            case TAR -> "tar";
            case FOLDER -> "directory";
            case CUSTOM, SCRIPT -> "custom";
        };
    }

    private void script(TrialDump dump, PostgresLocation database, InputStream content)
            throws IOException, InterruptedException {
        Tool tool = tools.script(server.major());
        boolean restricts = knowsRestrict(tool.version());
        boolean wraps = restricts && !dump.contents().ofServer();
        if (!server.own() && !wraps) {
            throw new Unsupported(
                    ErrorCode.DATABASE_TOOL_TOO_OLD,
                    "psql " + tool.version() + " obeys whatever commands are in a file, and knows no \\restrict",
                    "update it (PostgreSQL of August 2025 or later), or leave --scratch out.");
        }
        List<String> arguments = List.of(
                "--no-psqlrc",
                "--quiet",
                "--no-password",
                "--set=ON_ERROR_STOP=1",
                "--dbname=" + database.connectionArgument(),
                "--file=-");
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String key = HexFormat.of().formatHex(random);
        ScriptFeed[] feed = {null};
        Pass pass = (bytes, length, out) -> {
            if (feed[0] == null) {
                feed[0] = new ScriptFeed(out, wraps || !restricts, server.major() < KNOWS_TRANSACTION_TIMEOUT);
                if (wraps) {
                    out.write(("\\restrict " + key + "\n").getBytes(StandardCharsets.US_ASCII));
                }
            }
            if (length < 0) {
                feed[0].end();
            } else {
                feed[0].write(bytes, 0, length);
            }
        };
        ToolRun run = fed(command(tool, arguments), database, content, pass);
        if (run.exitCode() != 0) {
            throw refused(dump, run, "psql " + tool.version());
        }
    }

    /** Takes what was read; a length below zero says that all was. */
    private interface Pass {
        void take(byte[] bytes, int length, OutputStream out) throws IOException;
    }

    private List<String> command(Tool tool, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(tool.path().toString()));
        command.addAll(arguments);
        return server instanceof OwnServer own ? own.account().run(command) : command;
    }

    /** Runs a program that reads the dump from its standard input. */
    private ToolRun fed(List<String> command, PostgresLocation database, InputStream content, Pass pass)
            throws IOException, InterruptedException {
        Process process = ToolRun.prepare(
                        Path.of(command.getFirst()), command.subList(1, command.size()), environment(database))
                .directory(Path.of("/").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        FutureTask<String> said = new FutureTask<>(() -> ToolRun.tail(process.getErrorStream()));
        FutureTask<Boolean> feeding = new FutureTask<>(() -> feed(process, content, pass));
        try {
            Thread.ofVirtual().name("stderr of " + command.getFirst()).start(said);
            Thread.ofVirtual().name("stdin of " + command.getFirst()).start(feeding);
            while (!process.waitFor(HEARTBEAT_SECONDS, TimeUnit.SECONDS)) {
                heartbeat.run();
            }
            ToolRun run = new ToolRun(process.exitValue(), ended(said));
            boolean allRead = ended(feeding);
            if (run.exitCode() == 0 && !allRead) {
                return new ToolRun(1, "it ended before it had read all of the file");
            }
            return run;
        } finally {
            process.destroyForcibly();
            awaitEnd(feeding);
        }
    }

    /** False if the program did not want all of it. */
    private static boolean feed(Process process, InputStream content, Pass pass) throws IOException {
        boolean whole = false;
        OutputStream pipe = process.getOutputStream();
        try {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                if (!passed(pass, buffer, n, pipe)) {
                    return false;
                }
            }
            whole = passed(pass, buffer, -1, pipe);
            return whole;
        } finally {
            if (!whole) {
                process.destroyForcibly();
            }
            closed(pipe);
        }
    }

    private static boolean passed(Pass pass, byte[] bytes, int length, OutputStream pipe) {
        try {
            pass.take(bytes, length, pipe);
            return true;
        } catch (IOException e) {
            return false; // the program is gone, and says why
        }
    }

    private static void closed(OutputStream pipe) {
        try {
            pipe.close();
        } catch (IOException e) {
            // as above: what it lacks it does not want
        }
    }

    /** The content is closed after this, and by then nobody may read it. */
    private static void awaitEnd(FutureTask<Boolean> feeding) {
        boolean interrupted = Thread.interrupted();
        try {
            feeding.get();
        } catch (ExecutionException e) {
            // told already, or only a consequence
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T ended(FutureTask<T> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case HoldfastException known -> throw known;
                case IOException io -> throw io;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    private static Map<String, String> environment(PostgresLocation database) {
        Map<String, String> environment = new LinkedHashMap<>(database.environment());
        environment.merge(
                "PGOPTIONS",
                "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c synchronous_commit=off",
                (own, ours) -> own + " " + ours);
        return environment;
    }

    private Failed refused(TrialDump dump, ToolRun run, String program) {
        Matcher lacking = NO_EXTENSION.matcher(run.stderr());
        String said = "'" + dump.where() + "' does not restore into " + server.location() + ": ";
        return lacking.find()
                ? new Failed(
                        ErrorCode.DATABASE_RESTORE_FAILED,
                        said + "extension '" + lacking.group(1) + "' is not installed there",
                        "install it where the server is, or name a server that has it with --scratch.")
                : new Failed(
                        ErrorCode.DATABASE_RESTORE_FAILED,
                        said + run.reason(),
                        "this is what " + program + " says; a restore in earnest would fail in the same way.");
    }

    private TrialReport counted(TrialDump dump, ScratchDatabase database) {
        List<DumpedTable> tables = database.tables();
        requireAny(dump, tables);
        List<String> ofExtensions = database.tablesOfExtensions();
        RowCounts counts = new RowCounts(tables, database.partitioned());
        dump.contents().tables().stream()
                .filter(table -> counts.knows(table) || !ofExtensions.contains(table.shown()))
                .forEach(counts::expect);
        if (!counts.different().isEmpty()) {
            throw different(dump, counts.different());
        }
        List<String> moved = counts.moved();
        return new TrialReport(
                server.location(),
                tables,
                counts.equal(),
                moved.isEmpty() ? List.of() : List.of("rows are in other partitions than they were: " + some(moved)));
    }

    private TrialReport countedAll(TrialDump dump, OwnServer own) {
        List<DumpedTable> tables = new ArrayList<>();
        for (ScratchDatabase database : own.databases()) {
            database.tables()
                    .forEach(table -> tables.add(new DumpedTable(
                            database.location().database() + "/" + table.schema(), table.name(), table.rows())));
        }
        requireAny(dump, tables);
        long rows = tables.stream().mapToLong(DumpedTable::rows).sum();
        // extensions fill tables of their own, of which a dump has only some rows
        if (rows != dump.contents().rows() && dump.contents().extensions().isEmpty()) {
            throw different(
                    dump,
                    List.of("all tables together have " + rows + " rows, the dump has "
                            + dump.contents().rows()));
        }
        return new TrialReport(
                server.location(), tables, dump.contents().tables().size(), List.of());
    }

    private void requireAny(TrialDump dump, List<DumpedTable> tables) {
        if (tables.isEmpty()) {
            throw new Failed(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    "'" + dump.where() + "' restores, but there is no table in what comes back",
                    "see whether the right database was dumped.");
        }
    }

    private static Failed different(TrialDump dump, List<String> different) {
        return new Failed(
                ErrorCode.DIFFERENT,
                "'" + dump.where() + "' restores to something else: " + some(different),
                "look for triggers, rules and policies that change what is restored.");
    }

    private static String some(List<String> all) {
        return String.join("; ", all.subList(0, Math.min(SHOWN, all.size())))
                + (all.size() > SHOWN ? " and " + (all.size() - SHOWN) + " more" : "");
    }

    private static int major(@Nullable String version) {
        Matcher numbers = NUMBERS.matcher(version == null ? "" : version);
        return numbers.matches() ? Integer.parseInt(numbers.group(1)) : 0;
    }

    static boolean knowsRestrict(String version) {
        Matcher numbers = NUMBERS.matcher(version);
        if (!numbers.matches()) {
            return false;
        }
        int major = Integer.parseInt(numbers.group(1));
        int minor = numbers.group(2) == null ? 0 : Integer.parseInt(numbers.group(2));
        return major >= EVERY_ONE_KNOWS_RESTRICT || minor >= KNOWS_RESTRICT.getOrDefault(major, Integer.MAX_VALUE);
    }
}
