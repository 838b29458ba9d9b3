package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A connection as libpq writes it, taken apart into keywords and their values: a {@code postgresql://} URL, or a string like
 * {@code host=db.example.com dbname=shop}. What the keywords mean is not decided here. No message shows a value.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING">Connection strings</a>
 */
final class ConnectionString {
    static final String EXAMPLE = "write it like postgresql://user@db.example.com:5432/shop?sslmode=verify-full";

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

    private final NavigableMap<String, String> keywords = new TreeMap<>();

    private ConnectionString() {}

    /**
     * Keywords with their values; of a keyword that is given twice the last value, as libpq does. Several hosts are one value
     * of {@code host} with commas, and so are their ports.
     *
     * @throws Invalid if it is neither a URL nor a string of keywords
     */
    static NavigableMap<String, String> keywords(String text) {
        ConnectionString read = new ConnectionString();
        for (String scheme : new String[] {"postgresql://", "postgres://"}) {
            if (text.startsWith(scheme)) {
                read.readUrl(text.substring(scheme.length()));
                return read.keywords;
            }
        }
        if (SCHEME.matcher(text).lookingAt() || text.indexOf('=') < 0) {
            throw invalid("a database is named by a url that begins with postgresql:// or by keywords like"
                    + " host=... dbname=..., not " + shownScheme(text));
        }
        read.readKeywords(text);
        return read.keywords;
    }

    private static String shownScheme(String text) {
        int colon = text.indexOf("://");
        return colon < 0 ? "by something else" : "with '" + text.substring(0, colon + 3) + "'";
    }

    private void readUrl(String url) {
        int question = url.indexOf('?');
        String place = question < 0 ? url : url.substring(0, question);
        int slash = place.indexOf('/');
        readAuthority(slash < 0 ? place : place.substring(0, slash));
        if (slash >= 0 && slash + 1 < place.length()) {
            keywords.put("dbname", decode(place.substring(slash + 1)));
        }
        if (question >= 0 && question + 1 < url.length()) {
            readQuery(url.substring(question + 1));
        }
    }

    private void readAuthority(String authority) {
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            String userInfo = authority.substring(0, at);
            int colon = userInfo.indexOf(':');
            put("user", decode(colon < 0 ? userInfo : userInfo.substring(0, colon)));
            if (colon >= 0) {
                put("password", decode(userInfo.substring(colon + 1)));
            }
        }
        List<String> hosts = new ArrayList<>();
        List<String> ports = new ArrayList<>();
        for (String place : authority.substring(at + 1).split(",", -1)) {
            int end = endOfHost(place);
            String host = place.substring(0, end);
            hosts.add(decode(host.startsWith("[") ? host.substring(1, host.length() - 1) : host));
            ports.add(end < place.length() ? place.substring(end + 1) : "");
        }
        put("host", String.join(",", hosts));
        put("port", String.join(",", ports));
    }

    private static int endOfHost(String place) {
        if (place.startsWith("[")) {
            int end = place.indexOf(']') + 1;
            if (end == 0) {
                throw invalid("the url has an IPv6 address without its closing bracket");
            }
            if (end < place.length() && place.charAt(end) != ':') {
                throw invalid("the url has something between the host and its port");
            }
            return end;
        }
        int colon = place.indexOf(':');
        return colon < 0 ? place.length() : colon;
    }

    /** Nothing is not a value. */
    private void put(String keyword, String value) {
        if (!value.replace(",", "").isEmpty()) {
            keywords.put(keyword, value);
        }
    }

    private void readQuery(String query) {
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw invalid("the url has a parameter without a value");
            }
            keywords.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
    }

    private void readKeywords(String text) {
        int at = skipSpace(text, 0);
        while (at < text.length()) {
            int equals = text.indexOf('=', at);
            String keyword = equals < 0 ? "" : text.substring(at, equals).strip();
            if (!keyword.matches("[A-Za-z_]+")) {
                throw invalid("the keywords are not written as keyword=value, separated by spaces");
            }
            at = readValue(text, skipSpace(text, equals + 1), keyword);
            at = skipSpace(text, at);
        }
    }

    private int readValue(String text, int from, String keyword) {
        boolean quoted = from < text.length() && text.charAt(from) == '\'';
        StringBuilder value = new StringBuilder();
        int at = quoted ? from + 1 : from;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (quoted ? c == '\'' : Character.isWhitespace(c)) {
                break;
            }
            if (c == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at));
            at++;
        }
        if (quoted && at >= text.length()) {
            throw invalid("the value of keyword '" + keyword + "' lacks its closing quote");
        }
        keywords.put(keyword, value.toString());
        return quoted ? at + 1 : at;
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static String decode(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer decoded = ByteBuffer.allocate(encoded.length);
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] != '%') {
                decoded.put(encoded[i]);
                continue;
            }
            int high = i + 2 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
            int low = i + 2 < encoded.length ? Character.digit(encoded[i + 2], 16) : -1;
            if (high < 0 || low < 0 || high + low == 0) {
                throw invalid("the url has a '%' that two hexadecimal digits do not follow");
            }
            decoded.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
        } catch (CharacterCodingException e) {
            throw invalid("the url has percent-encoded bytes that are not UTF-8");
        }
    }

    static Invalid invalid(String message) {
        return new Invalid(ErrorCode.CONFIGURATION_INVALID, message, EXAMPLE + ".");
    }
}
