package dev.holdfast.control.config;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The pieces of a libpq URL that naming another database needs; everything else is passed on untouched.
 *
 * @param scheme {@code postgresql} or {@code postgres}
 * @param user user and password as written, with the {@code @}; or empty
 * @param hosts one or more {@code host:port}
 * @param options from the question mark on; or empty
 */
record PostgresUrl(String scheme, String user, String hosts, String options) {
    static boolean isUrl(String text) {
        return text.startsWith("postgresql://") || text.startsWith("postgres://");
    }

    static PostgresUrl parse(String url) {
        int start = url.indexOf("://") + 3;
        int question = url.indexOf('?', start);
        String options = question < 0 ? "" : url.substring(question);
        String authorityAndPath = url.substring(start, question < 0 ? url.length() : question);
        int slash = authorityAndPath.indexOf('/');
        String authority = slash < 0 ? authorityAndPath : authorityAndPath.substring(0, slash);
        int at = authority.lastIndexOf('@');
        return new PostgresUrl(
                url.substring(0, start - 3), authority.substring(0, at + 1), authority.substring(at + 1), options);
    }

    String withDatabase(String database) {
        return scheme + "://" + user + hosts + "/" + percentEncoded(database) + options;
    }

    boolean sameServer(PostgresUrl other) {
        return hosts.equals(other.hosts)
                && (other.user.isEmpty() || userName().equals(other.userName()))
                && !other.user.contains(":");
    }

    private String userName() {
        int end = user.indexOf(':');
        return user.isEmpty() ? "" : user.substring(0, end < 0 ? user.length() - 1 : end);
    }

    private static String percentEncoded(String database) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : database.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || (b >= '0' && b <= '9')
                    || "-._~".indexOf(b) >= 0;
            if (plain) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }
}
