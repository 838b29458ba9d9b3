package dev.holdfast.connectors.ssh;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An SSH server and how to log in there. Immutable; {@link #toString} is without secrets.
 *
 * @param host its name or address, as it is in the file of known hosts
 * @param port 1 to 65535
 * @param user whom to log in as
 * @param key file of a private key, as OpenSSH writes it
 * @param keyPassword opens the key, if it is encrypted
 * @param password to log in with
 * @param knownHosts file with the keys of servers, as OpenSSH writes it
 * @param fingerprint of the server's key, such as {@code SHA256:…}, in place of the file
 * @param jump the server through which this one is reached
 * @param agent socket of an ssh agent that knows keys to log in with
 */
public record SshLocation(
        String host,
        int port,
        String user,
        Optional<Path> key,
        Optional<String> keyPassword,
        Optional<String> password,
        Path knownHosts,
        Optional<String> fingerprint,
        Optional<SshLocation> jump,
        Optional<Path> agent) {
    public static final int DEFAULT_PORT = 22;

    /** The server alone, for messages. */
    public String server() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return user + "@" + server()
                + jump.map(through -> " through " + through).orElse("");
    }
}
