package dev.holdfast.control.wiring;

import dev.holdfast.connectors.postgres.ClientTools;
import dev.holdfast.connectors.postgres.DumpCapture;
import dev.holdfast.connectors.postgres.FileRestore;
import dev.holdfast.connectors.postgres.PostgresLocation;
import dev.holdfast.connectors.postgres.TrialDump;
import dev.holdfast.control.adopt.AdoptedDatabases;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.engine.source.Source;
import java.nio.file.Path;
import java.util.function.Function;

/** Databases made of dumps by the programs of PostgreSQL that are installed here. */
final class InstalledDatabases implements AdoptedDatabases {
    private final Path scratch;
    private final Function<PostgresConfig, PostgresLocation> locations;

    InstalledDatabases(Path scratch, Function<PostgresConfig, PostgresLocation> locations) {
        this.scratch = scratch;
        this.locations = locations;
    }

    @Override
    public <T> T captured(TrialDump dump, String owner, String database, Runnable heartbeat, Function<Source, T> then) {
        return new DumpCapture(ClientTools.ofMachine(), scratch, PostgresConfig.DEFAULT_CONNECTIONS, heartbeat)
                .run(dump, owner, database, then);
    }

    @Override
    public FileRestore into(
            PostgresConfig target, boolean overwrite, boolean keepsOwners, boolean keepsReplaced, Runnable heartbeat) {
        return new FileRestore(
                locations.apply(target), overwrite, keepsOwners, keepsReplaced, ClientTools.ofMachine(), heartbeat);
    }
}
