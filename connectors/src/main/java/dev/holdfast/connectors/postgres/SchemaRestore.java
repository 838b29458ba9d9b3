package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ClientTools.Tool;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs pg_restore on a schema archive. The first error ends it, but for one: a pg_restore of PostgreSQL 17 or later tells
 * every server to set transaction_timeout, which older servers do not know, and would end at that when told to end at errors.
 */
final class SchemaRestore {
    private static final int KNOWS_TRANSACTION_TIMEOUT = 17;

    private final Tool tool;
    private final int serverMajor;
    private final PostgresLocation database;
    private final Consumer<Finding> findings;
    private final Runnable heartbeat;

    /**
     * @param findings hears what pg_restore says although it did its work
     * @param heartbeat makes sure now and then that the server still answers
     */
    SchemaRestore(
            Tool tool, int serverMajor, PostgresLocation database, Consumer<Finding> findings, Runnable heartbeat) {
        this.tool = tool;
        this.serverMajor = serverMajor;
        this.database = database;
        this.findings = findings;
        this.heartbeat = heartbeat;
    }

    /**
     * @param section {@code pre-data} or {@code post-data}
     * @param jobs how many connections
     */
    void run(SchemaArchive archive, String section, int jobs) throws IOException, InterruptedException {
        boolean tolerant = tool.major() >= KNOWS_TRANSACTION_TIMEOUT && serverMajor < KNOWS_TRANSACTION_TIMEOUT;
        List<String> arguments = new ArrayList<>(List.of("--section=" + section, "--no-password"));
        if (!tolerant) {
            arguments.add("--exit-on-error");
        }
        if (jobs > 1) {
            arguments.add("--jobs=" + jobs);
        }
        arguments.add("--dbname=" + database.connectionArgument());
        arguments.add(archive.file().toString());
        ToolRun run = ToolRun.of(
                tool.path(), arguments, environment(), heartbeat, line -> !tolerant || !Tolerated.isOther(line));
        if (run.exitCode() != 0 && !(tolerant && Tolerated.isAllOf(run.stderr()))) {
            throw new Failed(
                    ErrorCode.DATABASE_RESTORE_FAILED,
                    "restoring the schema (" + section + ") failed: " + run.reason(),
                    "what was there before is untouched; " + advice(run.stderr()));
        }
        if (run.exitCode() == 0) {
            for (String line : run.lines()) {
                findings.accept(new Finding("schema (" + section + ")", line));
            }
        }
    }

    private static String advice(String stderr) {
        return stderr.contains("does not exist") && stderr.contains("function")
                ? "if a function of the database looks for names in a search path, give it one: ALTER FUNCTION … SET"
                        + " search_path, then back up again; a restore has none, like pg_restore."
                : "make the server accept it and restore again.";
    }

    /**
     * The one error that does no harm. The server's message may be in any language; the command that failed is told by
     * pg_restore as it was sent.
     */
    static final class Tolerated {
        private static final String COMMAND = "Command was: ";
        private static final String HARMLESS = COMMAND + "SET transaction_timeout = ";
        private static final Pattern IGNORED = Pattern.compile("errors ignored on restore: ([0-9]+)");

        private Tolerated() {}

        /** Whether a line tells that another command failed. */
        static boolean isOther(String line) {
            return line.startsWith(COMMAND) && !line.startsWith(HARMLESS);
        }

        /** Whether all errors were it; the count must agree, in case we heard only the end, or not of a command. */
        static boolean isAllOf(String stderr) {
            long harmless =
                    stderr.lines().filter(line -> line.startsWith(HARMLESS)).count();
            long errors = stderr.lines()
                    .filter(line -> line.startsWith("pg_restore: error:"))
                    .count();
            Matcher ignored = IGNORED.matcher(stderr);
            return harmless > 0
                    && harmless == errors
                    && stderr.lines().noneMatch(Tolerated::isOther)
                    && ignored.find()
                    && Long.parseLong(ignored.group(1)) == harmless;
        }
    }

    /** No setting of role or database may get into the way. */
    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>(database.environment());
        environment.merge(
                "PGOPTIONS",
                "-c default_transaction_read_only=off -c default_transaction_isolation=read\\ committed"
                        + " -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
                        + " -c DateStyle=ISO,YMD -c IntervalStyle=postgres -c synchronous_commit=off",
                (own, ours) -> own + " " + ours);
        return environment;
    }
}
