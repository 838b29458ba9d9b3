package dev.holdfast.cli;

import dev.holdfast.connectors.files.LocalExportFile;
import dev.holdfast.connectors.files.LocalPlace;
import dev.holdfast.connectors.files.UnpackedFolder;
import dev.holdfast.connectors.postgres.PostgresRestore;
import dev.holdfast.connectors.postgres.ScratchServer;
import dev.holdfast.control.adopt.AdoptedDatabases;
import dev.holdfast.control.config.DestinationConfig;
import dev.holdfast.control.config.RepositoryConfig;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.config.SourceConfig;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.export.Protection;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.Comparer;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.ExportReport;
import dev.holdfast.engine.source.Exporter;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.source.Source;
import dev.holdfast.engine.source.Target;
import dev.holdfast.engine.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reaches nothing. */
final class NoConnectors implements Connectors {
    @Override
    public ObjectStore store(DestinationConfig destination) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Source source(SourceConfig source, RepositoryConfig repository) {
        return new Source() {
            @Override
            public String kind() {
                return source.kind();
            }

            @Override
            public String location() {
                return "nowhere";
            }

            @Override
            public void preflight() {}

            @Override
            public void freeze() {}

            @Override
            public Map<String, String> capture(PartWriter part) {
                return Map.of();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Target target(SourceConfig place, PostgresRestore database) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Comparer comparer(SourceConfig place, RepositoryConfig repository) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Exporter exporter(Part part, ExportFormat format) {
        return new Exporter() {
            @Override
            public void preflight(PartReader reader) {}

            @Override
            public ExportReport export(PartReader reader, ExportFile file, Progress progress) {
                byte[] bytes = (part.name() + " as " + format).getBytes(StandardCharsets.UTF_8);
                file.write(bytes, 0, bytes.length);
                return new ExportReport(12, 3400, bytes.length, List.of());
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public ExportFile exportFile(Path path, boolean overwrite) {
        return new LocalExportFile(path, overwrite);
    }

    @Override
    public AdoptedDatabases adoptedDatabases() {
        throw new UnsupportedOperationException();
    }

    @Override
    public UnpackedFolder unpackedFolder() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScratchServer scratch(Optional<Secret> url) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ExportPlaces exportPlaces() {
        NoConnectors connectors = this;
        return new ExportPlaces() {
            @Override
            public FilePlace open(PlaceConfig config) {
                return new LocalPlace(Path.of(config.location()));
            }

            @Override
            public Exporter exporter(Part part, FileFormat format) {
                return connectors.exporter(part, new ExportFormat.Sql(0, false));
            }

            @Override
            public ExportFile encoded(FileFormat format, ExportFile file) {
                return file;
            }

            @Override
            public ExportFile protectedBy(Protection protection, ExportFile file) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
