package dev.holdfast.control.wiring;

import dev.holdfast.connectors.files.LocalPlace;
import dev.holdfast.connectors.s3.S3Place;
import dev.holdfast.connectors.s3.S3PlaceSettings;
import dev.holdfast.connectors.s3.S3PlaceSettings.Lock;
import dev.holdfast.control.config.PostgresConfig;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.export.Protection;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Exporter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;

/** The places and formats of exports that come with Holdfast. */
final class InstalledPlaces implements ExportPlaces {
    private static final int USUAL_LEVEL = 6;

    private final Connectors connectors;
    private final Path scratch;
    private final InstantSource clock;

    /**
     * @param scratch folder for what does not fit into memory
     */
    InstalledPlaces(Connectors connectors, Path scratch, InstantSource clock) {
        this.connectors = connectors;
        this.scratch = scratch;
        this.clock = clock;
    }

    @Override
    public FilePlace open(PlaceConfig config) {
        return switch (config) {
            case PlaceConfig.Local local -> new LocalPlace(local.path());
            case PlaceConfig.S3 s3 -> new S3Place(InstalledConnectors.location(s3.place()), settings(s3), clock);
        };
    }

    private S3PlaceSettings settings(PlaceConfig.S3 s3) {
        return new S3PlaceSettings(
                s3.partSize().map(size -> OptionalLong.of(size.bytes())).orElse(OptionalLong.empty()),
                s3.maxParts(),
                S3PlaceSettings.Checksum.MD5,
                s3.storageClass(),
                Optional.empty(),
                s3.lock().map(lasting -> new Lock(Lock.Mode.GOVERNANCE, lasting)),
                Optional.of(scratch));
    }

    @Override
    public Exporter exporter(Part part, FileFormat format) {
        return switch (format) {
            case CUSTOM -> connectors.exporter(part, new ExportFormat.Archive(USUAL_LEVEL));
            case SQL -> connectors.exporter(part, new ExportFormat.Sql(0, false));
            case SQL_GZ -> connectors.exporter(part, new ExportFormat.Sql(USUAL_LEVEL, false));
            case SQL_ZST, TAR, TAR_GZ, TAR_ZST, ZIP ->
                throw unsupported(
                        "part '" + part.name() + "' cannot be exported as " + format.label() + " yet",
                        part.kind().equals(PostgresConfig.KIND)
                                ? "take custom, sql or sql.gz."
                                : "name the databases under 'parts'.");
        };
    }

    @Override
    public ExportFile protectedBy(Protection protection, ExportFile file) {
        throw unsupported("exported files cannot be encrypted or signed yet", "take 'encrypt' and 'sign' out.");
    }

    private static Unsupported unsupported(String message, String hint) {
        return new Unsupported(ErrorCode.CONFIGURATION_INVALID, message, hint);
    }
}
