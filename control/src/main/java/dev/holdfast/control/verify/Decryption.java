package dev.holdfast.control.verify;

import dev.holdfast.connectors.pgp.OpenPgpEncryption.KeyText;
import dev.holdfast.connectors.pgp.OpenPgpReader;
import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What opens files that are encrypted with OpenPGP.
 *
 * @param passphrase of the files
 * @param key file with a secret key; goes before the passphrase
 * @param keyPassphrase of the secret key
 */
public record Decryption(Optional<Secret> passphrase, Optional<Path> key, Optional<Secret> keyPassphrase) {
    /**
     * Empty if nothing is given.
     *
     * @throws Missing (SECRET_MISSING) if the key cannot be read
     */
    public Optional<OpenPgpReader> reader() {
        if (key.isPresent()) {
            return Optional.of(OpenPgpReader.withKey(
                    text(key.get()), keyPassphrase.map(Secret::text).orElse("")));
        }
        return passphrase.map(Secret::text).map(OpenPgpReader::withPassphrase);
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
