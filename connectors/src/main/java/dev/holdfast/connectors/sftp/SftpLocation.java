package dev.holdfast.connectors.sftp;

import dev.holdfast.connectors.ssh.SshLocation;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;

/**
 * A directory of an SSH server. {@link #toString} is without secrets.
 *
 * @param server how it is logged in to
 * @param path absolute, or relative to where a login begins, as a rule the user's home; without a slash at its end
 */
public record SftpLocation(SshLocation server, String path) {
    /**
     * @throws Invalid if the path is empty, or goes up
     */
    public SftpLocation {
        path = path.length() > 1 ? path.replaceAll("/+$", "") : path;
        if (path.isBlank() || ("/" + path + "/").contains("/../") || path.indexOf('\0') >= 0) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'" + path + "' is no path of a directory at " + server.server(),
                    "give one such as /srv/backups/shop, or backups/shop in the home of " + server.user() + ".");
        }
    }

    /** Where something in it is. */
    String path(String name) {
        if (name.isEmpty()) {
            return path;
        }
        return path.endsWith("/") ? path + name : path + "/" + name;
    }

    /** The folder that something is in. */
    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
    }

    /** For people: {@code sftp://user@host:port/path}; a path in the home begins with {@code ~}. */
    @Override
    public String toString() {
        return "sftp://" + server.user() + "@" + server.server() + (path.startsWith("/") ? path : "/~/" + path);
    }
}
