package dev.holdfast.cli;

import dev.holdfast.control.config.Environment;
import dev.holdfast.control.config.Secret;
import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.ExportOutput;
import dev.holdfast.control.export.ExportOutput.Beside;
import dev.holdfast.control.export.ExportOutput.Sidecar;
import dev.holdfast.control.export.Protection;
import dev.holdfast.control.operation.ExportFormat;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.source.ExportFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the file of an export is to be: its format, how it is protected, what stands beside it. */
final class ExportFileOptions {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "custom (if none is given), sql, sql.gz, sql.zst or roles of a database; tar.gz (if none is"
                    + " given), tar, tar.zst, zip or tree of a bucket or a directory.")
    @Nullable
    String format;

    @Option(
            names = "--compress",
            paramLabel = "N",
            description = "0 (none) to 9. custom: within the archive, 6 if nothing is said. sql, roles: the whole"
                    + " text, as gzip does, 0 if nothing is said.")
    @Nullable
    Integer level;

    @Option(
            names = "--create",
            description = "sql: make the database too, under its own name. An archive always can: pg_restore --create.")
    boolean create;

    @Option(
            names = "--encrypt-to",
            paramLabel = "CERTIFICATE",
            description = "Encrypt the file with OpenPGP to the certificate in this file, as 'gpg --export NAME' writes"
                    + " it; may be given several times.")
    List<Path> recipients = new ArrayList<>();

    @Option(
            names = "--encrypt-passphrase-file",
            paramLabel = "FILE",
            description = "Encrypt the file with OpenPGP for whoever knows the passphrase in this file.")
    @Nullable
    Path passphraseFile;

    @Option(
            names = "--sign-with",
            paramLabel = "KEY",
            description = "Sign what is encrypted with the secret key in this file.")
    @Nullable
    Path signer;

    @Option(
            names = "--sign-passphrase-file",
            paramLabel = "FILE",
            description = "What opens the key of --sign-with, in a file.")
    @Nullable
    Path signerPassphraseFile;

    @Option(
            names = "--checksum",
            paramLabel = "md5|sha256",
            description =
                    "Write FILE.md5 or FILE.sha256 too, as md5sum -c and sha256sum -c read it; may be given twice.")
    Set<Digest> checksums = new TreeSet<>();

    @Option(
            names = "--manifest",
            description = "Write FILE.manifest.json too: the snapshot, and the file's length, SHA-256, part and rows.")
    boolean manifest;

    /** What {@code --checksum} takes. */
    enum Digest {
        md5(Checksum.MD5),
        sha256(Checksum.SHA256);

        private final Checksum checksum;

        Digest(Checksum checksum) {
            this.checksum = checksum;
        }
    }

    /** Whether anything of it was said. */
    boolean isSaid() {
        return isOneFileSaid() || isProtected() || signerPassphraseFile != null;
    }

    /** Whether something was said that is only for one file. */
    boolean isOneFileSaid() {
        return format != null || level != null || create || !checksums.isEmpty() || manifest;
    }

    /** What only a file that is one can have. */
    private boolean isMoreThanFile() {
        return isProtected() || signerPassphraseFile != null || !checksums.isEmpty() || manifest;
    }

    private boolean isProtected() {
        return isEncrypted() || signer != null;
    }

    private boolean isEncrypted() {
        return !recipients.isEmpty() || passphraseFile != null;
    }

    boolean isTree() {
        return new ExportFormat.Tree().label().equals(format);
    }

    /**
     * @param toStandardOutput whether the file has no name
     * @throws Invalid (USAGE) if this cannot be meant
     */
    void check(boolean toStandardOutput) {
        if (level != null && (level < 0 || level > 9)) {
            throw new Invalid(ErrorCode.USAGE, "--compress takes 0 to 9, not " + level, "");
        }
        if (create && !"sql".equals(format)) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--create is for --format sql",
                    "say --format sql, with --compress for gzip; an archive always can make the database: pg_restore --create.");
        }
        if (signer != null && !isEncrypted()) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--sign-with signs what is encrypted, and nothing is",
                    "say --encrypt-to or --encrypt-passphrase-file too.");
        }
        if (signerPassphraseFile != null && signer == null) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--sign-passphrase-file opens the key of --sign-with, which is not given",
                    "say --sign-with too.");
        }
        if (isTree() && (toStandardOutput || isMoreThanFile())) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    "--format tree is a folder of many files: it cannot be encrypted, signed, summed, or go to standard output",
                    "name a folder, or say --format tar.gz for one file.");
        }
        if (toStandardOutput && (!checksums.isEmpty() || manifest)) {
            throw new Invalid(
                    ErrorCode.USAGE,
                    (manifest ? "--manifest" : "--checksum") + " writes a file beside, and standard output has no name",
                    "name a file with --output.");
        }
    }

    /**
     * @return empty for the usual one
     * @throws Invalid (USAGE) if there is no such format
     */
    Optional<ExportFormat> wanted() {
        OptionalInt compression = level == null ? OptionalInt.empty() : OptionalInt.of(level);
        return ExportFormat.of(Optional.ofNullable(format), compression, create);
    }

    /** To standard output. */
    ExportOutput stream(Cli cli, ExportFile out) {
        return new ExportOutput(
                cli.connectors().exportPlaces(), out, protection(cli.folder()), List.of(), Optional.empty());
    }

    /**
     * @param overwrite whether it, and what stands beside it, may be replaced
     */
    ExportOutput file(Cli cli, Path path, boolean overwrite) {
        List<Sidecar> sidecars = checksums.stream()
                .map(digest -> digest.checksum)
                .map(checksum -> new Sidecar(
                        checksum, String.valueOf(path.getFileName()), beside(cli, path, checksum.label(), overwrite)))
                .toList();
        return new ExportOutput(
                cli.connectors().exportPlaces(),
                cli.connectors().exportFile(path, overwrite),
                protection(cli.folder()),
                sidecars,
                manifest
                        ? Optional.of(new Beside(
                                String.valueOf(path.getFileName()), beside(cli, path, "manifest.json", overwrite)))
                        : Optional.empty());
    }

    private static ExportFile beside(Cli cli, Path path, String ending, boolean overwrite) {
        return cli.connectors().exportFile(path.resolveSibling(path.getFileName() + "." + ending), overwrite);
    }

    Protection protection(Path folder) {
        return new Protection(
                recipients.stream().map(folder::resolve).toList(),
                secret(folder, "--encrypt-passphrase-file", passphraseFile),
                Optional.ofNullable(signer).map(folder::resolve),
                secret(folder, "--sign-passphrase-file", signerPassphraseFile));
    }

    private static Optional<Secret> secret(Path folder, String option, @Nullable Path file) {
        return Optional.ofNullable(file).map(folder::resolve).map(path -> Environment.secretOf(path, option));
    }
}
