package dev.holdfast.control.adopt;

import dev.holdfast.connectors.postgres.FileRestore;
import dev.holdfast.connectors.postgres.TrialDump;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.engine.source.Source;
import java.util.function.Function;

/** Makes databases of dumps. */
public interface AdoptedDatabases {
    /**
     * Restores a dump into a server of its own, which is there until {@code then} has captured it.
     *
     * @param heartbeat called about every second; if it throws, that ends
     * @param owner role that owns what the dump gives to nobody
     * @param database its name
     */
    <T> T captured(TrialDump dump, String owner, String database, Runnable heartbeat, Function<Source, T> then);

    /**
     * A restore into a database in use.
     *
     * @param overwrite whether it may be replaced if something is in it
     * @param keepsOwners whether owners and rights are restored
     * @param keepsReplaced whether what was replaced is kept under another name
     */
    FileRestore into(
            PostgresConfig target, boolean overwrite, boolean keepsOwners, boolean keepsReplaced, Runnable heartbeat);
}
