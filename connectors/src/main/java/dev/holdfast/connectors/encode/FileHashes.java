package dev.holdfast.connectors.encode;

import java.util.HexFormat;

/**
 * What a file is known by.
 *
 * @param bytes its length
 * @param md5 32 digits of lower-case hexadecimal
 * @param sha256 64 of them
 */
public record FileHashes(long bytes, String md5, String sha256) {
    public FileHashes {
        if (bytes < 0 || !md5.matches("[0-9a-f]{32}") || !sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(bytes + " bytes, " + md5 + ", " + sha256);
        }
    }

    static FileHashes of(long bytes, byte[] md5, byte[] sha256) {
        return new FileHashes(
                bytes, HexFormat.of().formatHex(md5), HexFormat.of().formatHex(sha256));
    }

    /**
     * A line that {@code md5sum -c} reads.
     *
     * @param name of the file as seen from where the line is kept
     */
    public String md5Line(String name) {
        return line(md5, name);
    }

    /** A line that {@code sha256sum -c} reads; else as {@link #md5Line}. */
    public String sha256Line(String name) {
        return line(sha256, name);
    }

    /** GNU coreutils begins a line with a backslash where the name is escaped; a return is escaped since 9.0, before it was no trouble. */
    private static String line(String hash, String name) {
        String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(name) ? "" : "\\") + hash + "  " + escaped + "\n";
    }
}
