package dev.holdfast.control.adopt;

import dev.holdfast.control.config.Secret;
import dev.holdfast.control.export.PlaceConfig;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;

/**
 * A place with backups that another tool made.
 *
 * @param name its name in the stack file, or what it was called on the command line
 * @param config where it is
 * @param opening what opens encrypted files
 * @param zone of the clock that the tool named its files by
 */
public record AdoptedPlace(String name, PlaceConfig config, Opening opening, ZoneId zone) {
    /**
     * What opens encrypted files.
     *
     * @param passphrase of files that are encrypted with one
     * @param secretKey file with the secret key of files that are encrypted to it
     * @param keyPassphrase of that key
     */
    public record Opening(Optional<Secret> passphrase, Optional<Path> secretKey, Optional<Secret> keyPassphrase) {
        public static final Opening NONE = new Opening(Optional.empty(), Optional.empty(), Optional.empty());
    }
}
