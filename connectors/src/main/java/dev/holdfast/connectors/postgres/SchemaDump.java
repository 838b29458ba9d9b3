package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ClientTools.Tool;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The schema of a frozen database as pg_dump tells it: an archive in a scratch file that {@link #close} removes. */
final class SchemaDump implements AutoCloseable {
    /** How libpq says that the server, or the session that holds the snapshot, is gone. */
    private static final Pattern LOST = Pattern.compile("server closed the connection|connection to server at|"
            + "terminating connection|could not receive data from server|SSL connection has been closed|"
            + "the database system is|invalid snapshot identifier");

    /** Of all arguments together; Linux takes 2 MiB with the environment. */
    private static final long LONGEST_ARGUMENTS = 1_500_000;

    private final Path file;
    private final List<String> warnings;
    private final List<String> leftOut;

    private SchemaDump(Path file, List<String> warnings, List<String> leftOut) {
        this.file = file;
        this.warnings = warnings;
        this.leftOut = leftOut;
    }

    static SchemaDump of(FrozenDatabase frozen, Tool dump, Path scratch) throws IOException, InterruptedException {
        Files.createDirectories(scratch);
        Path file = Files.createTempFile(scratch, "schema-", ".dump");
        boolean done = false;
        try {
            List<String> warnings = run(frozen, dump, file);
            ArchiveToc.fixTime(file);
            List<String> more = frozen.scope().isEverything()
                    ? List.of()
                    : ArchiveToc.leaveOut(
                            file,
                            frozen.leader().encoding(),
                            frozen.collateral().gone());
            done = true;
            return new SchemaDump(file, warnings, more);
        } finally {
            if (!done) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static List<String> run(FrozenDatabase frozen, Tool dump, Path file)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "--format=custom",
                "--compress=0",
                "--section=pre-data",
                "--section=post-data",
                "--snapshot=" + frozen.snapshot(),
                "--lock-wait-timeout=" + frozen.lockWait().toMillis(),
                "--no-password",
                "--no-sync",
                "--file=" + file,
                "--dbname=" + frozen.location().connectionArgument()));
        arguments.addAll(selecting(frozen));
        ToolRun run = ToolRun.of(dump.path(), arguments, frozen.location().environment(), () -> {});
        if (run.exitCode() == 0) {
            return run.lines();
        }
        String message = "pg_dump of database '" + frozen.location().database() + "' failed: " + run.reason();
        if (LOST.matcher(run.stderr()).find()) {
            throw new Unavailable(
                    ErrorCode.DATABASE_UNAVAILABLE, message, "run the backup again when the server is there.");
        }
        if (run.stderr().contains("Query was: LOCK TABLE")) {
            throw new Failed(
                    ErrorCode.TABLE_CHANGED,
                    message + "; " + frozen.blockers(),
                    "somebody wants to change a table; run the backup again when that is done.");
        }
        throw new Failed(ErrorCode.DATABASE_DUMP_FAILED, message, "the schema could not be read; nothing was kept.");
    }

    /** All tables that were not locked are named to pg_dump; a system takes only so much on a command line. */
    private static List<String> selecting(FrozenDatabase frozen) {
        List<String> arguments = frozen.scope().dumpArguments(frozen.collateral());
        long length =
                arguments.stream().mapToLong(argument -> argument.length() + 9L).sum();
        if (length > LONGEST_ARGUMENTS) {
            throw frozen.scope()
                    .refused(
                            "leaves out " + arguments.size() + " tables one by one, more than pg_dump can be told",
                            "leave out whole schemas, or select more.");
        }
        return arguments;
    }

    Path file() {
        return file;
    }

    /** Entries that went with those that were left out, beyond what the catalog told. */
    List<String> leftOut() {
        return leftOut;
    }

    /** What pg_dump said although it did its work. */
    List<String> warnings() {
        return warnings;
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the scratch folder is emptied by its owner
        }
    }
}
