package dev.holdfast.control.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pieces of a libpq URL that naming another database needs; everything else is passed on untouched.
 *
 * @param scheme {@code postgresql} or {@code postgres}
 * @param user user and password as written, with the {@code @}; or empty
 * @param hosts one or more {@code host:port}
 * @param options from the question mark on; or empty
 */
record PostgresUrl(String scheme, String user, String hosts, String options) {
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");
    private static final Pattern DATABASE = Pattern.compile("(?<=[?&])dbname=[^&]*(&|$)");

    private static final Pattern NAMED = Pattern.compile("[?&]dbname=([^&]+)");
    private static final Pattern KEYWORD = Pattern.compile("(?:^|\\s)dbname\\s*=\\s*'?([^'\\\\\\s]+)'?(?=\\s|$)");

    /** Parameters that may lead elsewhere, or log in as somebody else. */
    private static final Pattern ELSEWHERE =
            Pattern.compile("[?&](host|hostaddr|port|service|servicefile|user|password|passfile)=");

    static boolean isUrl(String text) {
        return text.startsWith("postgresql://") || text.startsWith("postgres://");
    }

    /** What libpq takes for keywords: no scheme, but something with a value. */
    static boolean isKeywords(String text) {
        return !SCHEME.matcher(text).lookingAt() && text.indexOf('=') > 0;
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

    /** The user, without the password. */
    Optional<String> userName() {
        int end = user.indexOf(':') < 0 ? user.length() - 1 : user.indexOf(':');
        return end <= 0 ? Optional.empty() : Optional.of(decoded(user.substring(0, end)));
    }

    /** The database that a URL names. */
    static Optional<String> database(String url) {
        int start = url.indexOf("://") + 3;
        int question = url.indexOf('?', start);
        Matcher option = NAMED.matcher(question < 0 ? "" : url.substring(question));
        if (option.find()) {
            return Optional.of(decoded(option.group(1)));
        }
        int slash = url.indexOf('/', start);
        int end = question < 0 ? url.length() : question;
        return slash < 0 || slash + 1 >= end ? Optional.empty() : Optional.of(decoded(url.substring(slash + 1, end)));
    }

    /** The database that keywords name; empty where the value is quoted in a way that only libpq unravels. */
    static Optional<String> databaseOfKeywords(String keywords) {
        Matcher named = KEYWORD.matcher(keywords);
        return named.find() ? Optional.of(named.group(1)) : Optional.empty();
    }

    private static String decoded(String encoded) {
        return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    String withDatabase(String database) {
        String others = DATABASE.matcher(options).replaceAll("");
        String kept = others.endsWith("?") || others.endsWith("&") ? others.substring(0, others.length() - 1) : others;
        return scheme + "://" + user + hosts + "/" + percentEncoded(database) + kept;
    }

    /** Whether it surely leads to the same server as the same user. */
    boolean sameServer(PostgresUrl other) {
        return hosts.equals(other.hosts)
                && !ELSEWHERE.matcher(options).find()
                && !ELSEWHERE.matcher(other.options).find()
                && (other.user.isEmpty() || userName().equals(other.userName()));
    }

    boolean hasPassword() {
        return user.contains(":");
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
