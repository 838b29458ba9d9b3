package dev.holdfast.control.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An SSH server through which a source is reached, or where a copy is kept.
 *
 * @param host its name or address, as the file of known hosts has it
 * @param port 1 to 65535
 * @param user whom to log in as
 * @param key file of a private key
 * @param keyPassword opens the key, if it is encrypted
 * @param password to log in with
 * @param knownHosts file with the keys of servers
 * @param fingerprint of the server's key, in place of the file
 * @param jump the SSH server through which this one is reached
 * @param agent socket of an ssh agent that knows keys to log in with
 */
public record SshConfig(
        String host,
        int port,
        String user,
        Optional<Path> key,
        Optional<Secret> keyPassword,
        Optional<Secret> password,
        Path knownHosts,
        Optional<String> fingerprint,
        Optional<SshConfig> jump,
        Optional<Path> agent) {
    public static final int DEFAULT_PORT = 22;
}
