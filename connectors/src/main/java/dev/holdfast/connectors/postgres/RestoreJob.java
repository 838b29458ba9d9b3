package dev.holdfast.connectors.postgres;

import java.nio.file.Path;

/**
 * What is to be restored, and where to.
 *
 * @param location the server, the user and the database
 * @param overwrite whether what is there may be replaced
 * @param connections how many tables are filled at once
 * @param scratch a folder for the schema's archive while it is used
 */
record RestoreJob(
        PostgresLocation location,
        StoredDatabase stored,
        PostgresRestore choice,
        boolean overwrite,
        int connections,
        Path scratch,
        ClientTools tools) {
    String database() {
        return "database '" + location.database() + "'";
    }
}
