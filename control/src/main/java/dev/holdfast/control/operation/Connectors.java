package dev.holdfast.control.operation;

import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.connectors.postgres.ScratchServer;
import dev.holdfast.control.adopt.AdoptedDatabases;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.Comparer;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.Source;
import dev.holdfast.engine.source.Target;
import dev.holdfast.engine.store.ObjectStore;
import java.nio.file.Path;
import java.util.Optional;

/** Makes what reaches foreign systems. Nothing is contacted before the first use of what was made. */
public interface Connectors {
    ObjectStore store(DestinationConfig destination);

    /**
     * @param repository where its copies are is never part of a source
     */
    Source source(SourceConfig source, RepositoryConfig repository);

    /**
     * Asks what a source consists of now.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if what it is made of has to be asked for and does not answer
     */
    default Expansion expand(SourceConfig source) {
        return Expansion.of(source);
    }

    /**
     * @param place where to restore to
     * @param database what is asked of it if it is a database
     */
    Target target(SourceConfig place, PostgresRestore database);

    /**
     * @param place what to compare with
     * @param repository where its copies are does not count
     */
    Comparer comparer(SourceConfig place, RepositoryConfig repository);

    /**
     * @throws dev.holdfast.engine.error.Invalid (USAGE) if a part of this kind cannot be exported
     */
    Exporter exporter(Part part, ExportFormat format);

    /**
     * @param overwrite whether a file that is there may be replaced
     */
    ExportFile exportFile(Path path, boolean overwrite);

    /** What exports to places need. */
    ExportPlaces exportPlaces();

    /** What dumps of other tools need. */
    AdoptedDatabases adoptedDatabases();

    /** An empty folder on this machine that goes when it is closed. */
    UnpackedFolder unpackedFolder();

    /**
     * A server for test restores; close it.
     *
     * @param url of a server that others use too; empty for one of its own, which is made
     */
    ScratchServer scratch(Optional<Secret> url);
}
