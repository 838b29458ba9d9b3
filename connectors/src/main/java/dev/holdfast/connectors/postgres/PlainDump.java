package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ClientTools.Tool;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Definitions as pg_dump writes them, of a database that nobody else is changing. */
final class PlainDump {
    private PlainDump() {}

    /**
     * @param encoding of the database, by its PostgreSQL name
     * @param options what is dumped
     */
    static SchemaArchive of(PostgresLocation database, String encoding, Tool dump, Path scratch, List<String> options)
            throws IOException, InterruptedException {
        Files.createDirectories(scratch);
        SchemaArchive archive = new SchemaArchive(Files.createTempFile(scratch, "schema-", ".dump"), encoding);
        boolean done = false;
        try {
            List<String> arguments = new ArrayList<>(List.of(
                    "--format=custom",
                    "--compress=0",
                    "--no-password",
                    "--no-sync",
                    "--file=" + archive.file(),
                    "--dbname=" + database.connectionArgument()));
            arguments.addAll(options);
            ToolRun run = ToolRun.of(dump.path(), arguments, database.environment(), () -> {});
            if (run.exitCode() != 0) {
                throw new Failed(
                        ErrorCode.DATABASE_RESTORE_FAILED,
                        "reading the definitions of database '" + database.database() + "' failed: " + run.reason(),
                        "what was there before is untouched.");
            }
            done = true;
            return archive;
        } finally {
            if (!done) {
                archive.close();
            }
        }
    }
}
