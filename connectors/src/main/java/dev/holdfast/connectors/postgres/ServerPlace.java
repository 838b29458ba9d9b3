package dev.holdfast.connectors.postgres;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One server of a location.
 *
 * @param host its name: what its certificate must say; or the folder of a Unix socket; empty if only the address is known
 * @param address the IP address to connect to, if it is not to be looked up by the name
 * @param port also part of the name of a Unix socket
 */
record ServerPlace(String host, @Nullable String address, int port) {
    /** Where libpq of various packages looks for a socket by default; the password file calls such a server localhost. */
    static final List<String> SOCKET_FOLDERS = List.of("/var/run/postgresql", "/run/postgresql", "/tmp");

    private static final Set<String> LOCAL = Set.copyOf(SOCKET_FOLDERS);

    boolean isSocket() {
        return address == null && host.startsWith("/");
    }

    /** The file of the Unix socket. */
    Path socket() {
        return socket(host, port);
    }

    static Path socket(String folder, int port) {
        return Path.of(folder, ".s.PGSQL." + port);
    }

    /** What its certificate must say. */
    String name() {
        return host.isEmpty() && address != null ? address : host;
    }

    /** The names by which a password file may call it. */
    List<String> namesInPasswordFile() {
        return isSocket() && LOCAL.contains(host) ? List.of(host, "localhost") : List.of(name());
    }

    ServerPlace at(String found) {
        return new ServerPlace(host, found, port);
    }

    @Override
    public String toString() {
        String shown = name();
        return (shown.indexOf(':') >= 0 ? "[" + shown + "]" : shown) + ":" + port;
    }
}
