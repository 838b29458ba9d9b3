package dev.holdfast.control.export;

import dev.holdfast.control.config.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How exported files are protected by OpenPGP.
 *
 * @param recipients files with the public keys that they are encrypted to
 * @param passphrase what they are encrypted with besides, or instead
 * @param signer file with the secret key that signs them
 * @param signerPassphrase what opens that key
 */
public record Protection(
        List<Path> recipients, Optional<Secret> passphrase, Optional<Path> signer, Optional<Secret> signerPassphrase) {
    /** Files as they are. */
    public static final Protection NONE =
            new Protection(List.of(), Optional.empty(), Optional.empty(), Optional.empty());

    public Protection {
        recipients = List.copyOf(recipients);
    }

    public boolean encrypts() {
        return !recipients.isEmpty() || passphrase.isPresent();
    }

    public boolean isNone() {
        return !encrypts() && signer.isEmpty();
    }
}
