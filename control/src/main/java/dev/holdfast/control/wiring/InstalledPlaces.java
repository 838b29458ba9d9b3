package dev.holdfast.control.wiring;

import dev.holdfast.connectors.archive.ArchiveExporter;
import dev.holdfast.connectors.encode.GzipFile;
import dev.holdfast.connectors.encode.ZstdFile;
import dev.holdfast.connectors.files.LocalPlace;
import dev.holdfast.connectors.pgp.OpenPgpEncryption;
import dev.holdfast.connectors.pgp.OpenPgpEncryption.KeyText;
import dev.holdfast.connectors.pgp.OpenPgpFile;
import dev.holdfast.connectors.s3.S3Place;
import dev.holdfast.connectors.s3.S3PlaceSettings;
import dev.holdfast.connectors.s3.S3PlaceSettings.Lock;
import dev.holdfast.connectors.sftp.SftpPlace;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.export.ExportPlaces;
import dev.holdfast.control.export.FileFormat;
import dev.holdfast.control.export.PlaceConfig;
import dev.holdfast.control.export.Protection;
import dev.holdfast.control.operation.Connectors;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Exporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;

/** The places and formats of exports that come with Holdfast. */
final class InstalledPlaces implements ExportPlaces {
    private static final int USUAL_LEVEL = 6;
    private static final int ZSTD_LEVEL = 3;

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
            case PlaceConfig.Sftp sftp -> new SftpPlace(InstalledConnectors.location(sftp.folder()));
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
            case SQL, SQL_GZ, SQL_ZST -> connectors.exporter(part, new ExportFormat.Sql(0, false));
            case TAR, TAR_GZ, TAR_ZST -> new ArchiveExporter(ArchiveExporter.Format.TAR, 0);
            case ZIP -> new ArchiveExporter(ArchiveExporter.Format.ZIP, USUAL_LEVEL);
            case TREE -> throw new IllegalArgumentException("a tree is not one file");
        };
    }

    @Override
    public ExportFile encoded(FileFormat format, ExportFile file) {
        return switch (format) {
            case SQL_GZ, TAR_GZ -> new GzipFile(file, USUAL_LEVEL);
            case SQL_ZST, TAR_ZST -> new ZstdFile(file, ZSTD_LEVEL, OptionalLong.empty());
            case CUSTOM, SQL, TAR, ZIP, TREE -> file;
        };
    }

    @Override
    public ExportFile protectedBy(Protection protection, ExportFile file) {
        return new OpenPgpFile(file, encryption(protection));
    }

    private OpenPgpEncryption encryption(Protection protection) {
        OpenPgpEncryption encryption = protection.recipients().isEmpty()
                ? OpenPgpEncryption.withPassphrase(
                        protection
                                .passphrase()
                                .orElseThrow(InstalledPlaces::nobody)
                                .text(),
                        clock)
                : toRecipients(protection);
        return protection
                .signer()
                .map(key -> encryption.signedBy(
                        text(key),
                        protection.signerPassphrase().map(Secret::text).orElse("")))
                .orElse(encryption);
    }

    private OpenPgpEncryption toRecipients(Protection protection) {
        OpenPgpEncryption encryption = OpenPgpEncryption.to(
                protection.recipients().stream().map(InstalledPlaces::text).toList(), clock);
        return protection
                .passphrase()
                .map(Secret::text)
                .map(encryption::orPassphrase)
                .orElse(encryption);
    }

    /** A signature alone would be a file that other tools cannot read as what it is. */
    private static Invalid nobody() {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "exports are to be signed, but not encrypted",
                "give 'recipients' or a 'passphrase' under 'encrypt' too.");
    }

    private static KeyText text(Path file) {
        try {
            return new KeyText(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new Missing(
                    ErrorCode.SECRET_MISSING,
                    "the key in '" + file + "' cannot be read: " + e,
                    "see whether the file is there, and may be read by the user that runs holdfast.",
                    e);
        }
    }
}
