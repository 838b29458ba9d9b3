package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.AccessDenied;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which files a TLS connection uses: those that are named, else those in {@code ~/.postgresql}, as libpq does it. */
final class TlsFiles {
    private static final String FOLDER = ".postgresql";

    /** Where systems keep the authorities that everybody trusts, in one file. */
    private static final List<String> SYSTEM = List.of(
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
            "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem");

    private static final Set<PosixFilePermission> TOO_OPEN = Set.of(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private TlsFiles() {}

    static Optional<Path> rootCertificates(Map<String, String> parameters, @Nullable Path home) {
        String named = parameters.get("sslrootcert");
        if ("system".equals(named)) {
            return Optional.of(system());
        }
        if (named == null && existing(home, "root.crl").isPresent()) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "there is a list of revoked certificates, '"
                            + existing(home, "root.crl").get() + "', and such lists are not read",
                    "name the authority with sslrootcert, or move the list away.");
        }
        return named == null ? existing(home, "root.crt") : Optional.of(required(named, "sslrootcert"));
    }

    /** A file rather than a feature of each library, so that all of them trust the same authorities. */
    private static Path system() {
        String other = System.getenv("SSL_CERT_FILE");
        if (other != null && !other.isEmpty()) {
            return required(other, "SSL_CERT_FILE");
        }
        return SYSTEM.stream()
                .map(Path::of)
                .filter(Files::isReadable)
                .findFirst()
                .orElseThrow(() -> new Missing(
                        ErrorCode.CONFIGURATION_MISSING,
                        "sslrootcert=system: this machine has no file of certificate authorities; looked for "
                                + String.join(", ", SYSTEM),
                        "install the package ca-certificates, or name a file with sslrootcert."));
    }

    static Optional<Path> certificate(Map<String, String> parameters, @Nullable Path home) {
        if ("disable".equals(parameters.get("sslcertmode"))) {
            return Optional.empty();
        }
        String named = parameters.get("sslcert");
        return named == null ? existing(home, "postgresql.crt") : Optional.of(required(named, "sslcert"));
    }

    static Path key(Map<String, String> parameters, @Nullable Path home) {
        String named = parameters.get("sslkey");
        Path key = named == null
                ? existing(home, "postgresql.key")
                        .orElseThrow(() -> new Missing(
                                ErrorCode.CONFIGURATION_MISSING,
                                "the client certificate has no key: sslkey is not given",
                                "name the file of the key with sslkey."))
                : required(named, "sslkey");
        requireClosed(key);
        return key;
    }

    private static Optional<Path> existing(@Nullable Path home, String name) {
        return Optional.ofNullable(home)
                .map(folder -> folder.resolve(FOLDER).resolve(name))
                .filter(Files::exists);
    }

    private static Path required(String named, String parameter) {
        Path file = Path.of(named).toAbsolutePath();
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new Missing(
                    ErrorCode.CONFIGURATION_MISSING,
                    parameter + " names '" + named + "', which "
                            + (Files.exists(file) ? "cannot be read" : "does not exist"),
                    "give the full path of a file that this user may read.");
        }
        return file;
    }

    /** The rule of libpq: nobody else may read it, but the group may if the file belongs to root. */
    private static void requireClosed(Path key) {
        try {
            PosixFileAttributes attributes = Files.readAttributes(key, PosixFileAttributes.class);
            Set<PosixFilePermission> permissions = attributes.permissions();
            boolean group = permissions.contains(PosixFilePermission.GROUP_READ)
                    && !Objects.equals(attributes.owner().getName(), "root");
            if (group || permissions.stream().anyMatch(TOO_OPEN::contains)) {
                throw new AccessDenied(
                        ErrorCode.CONFIGURATION_INVALID,
                        "the key '" + key + "' may be read by others, so it is not used",
                        "run: chmod 600 " + key + ".");
            }
        } catch (UnsupportedOperationException e) {
            return; // a file system without such permissions
        } catch (IOException e) {
            throw new Missing(
                    ErrorCode.CONFIGURATION_MISSING,
                    "the key '" + key + "' cannot be looked at: " + e.getMessage(),
                    "see that this user may read it.",
                    e);
        }
    }
}
