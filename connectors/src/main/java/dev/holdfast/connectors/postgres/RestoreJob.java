package dev.holdfast.connectors.postgres;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What is to be restored, and where to.
 *
 * @param location the server, the user and the database
 * @param overwrite whether what is there may be replaced
 * @param connections how many fill tables at once
 * @param scratch a folder for the schema's archive while it is used
 * @param lockWait how long to wait for others who use a table
 * @param pieceBytes how much of a table's text one connection takes at once, about
 */
record RestoreJob(
        PostgresLocation location,
        StoredDatabase stored,
        PostgresRestore choice,
        boolean overwrite,
        int connections,
        Path scratch,
        ClientTools tools,
        Duration lockWait,
        long pieceBytes) {
    String database() {
        return "database '" + location.database() + "'";
    }
}
