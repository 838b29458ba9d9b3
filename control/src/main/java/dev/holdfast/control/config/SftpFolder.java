package dev.holdfast.control.config;

/**
 * A directory of another server, reached by SFTP.
 *
 * @param server how it is logged in to
 * @param path absolute, or relative to the user's home
 */
public record SftpFolder(SshConfig server, String path) {
    /** For people: {@code sftp://user@host:port/path}. */
    public String url() {
        String host = server.host().indexOf(':') >= 0 ? "[" + server.host() + "]" : server.host();
        return "sftp://" + server.user() + "@" + host + ":" + server.port()
                + (path.startsWith("/") ? path : "/~/" + path);
    }
}
