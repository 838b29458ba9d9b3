package dev.holdfast.control.config.zero;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code DATABASE_URL} as applications have it: with the name of a driver in its scheme, or with parameters that only an
 * object-relational mapper understands.
 *
 * @param text as libpq reads it
 * @param dropped names of parameters that were left out
 */
record DatabaseUrl(String text, List<String> dropped) {
    private static final Pattern SCHEME =
            Pattern.compile("(?:jdbc:)?(postgres|postgresql)(?:\\+[a-z0-9_]+)?://(.*)", Pattern.DOTALL);

    /** Of Prisma, of pools, of drivers; none of them says where the database is. */
    private static final Set<String> OF_APPLICATIONS = Set.of(
            "schema",
            "connection_limit",
            "pool_timeout",
            "pgbouncer",
            "socket_timeout",
            "statement_cache_size",
            "prepared_statements",
            "prepared_statement_cache_size",
            "pool",
            "max_pool_size",
            "pool_size",
            "currentschema",
            "sslaccept",
            "serverversion",
            "charset");

    DatabaseUrl {
        dropped = List.copyOf(dropped);
    }

    /** Empty if it is not one of PostgreSQL. */
    static Optional<DatabaseUrl> parse(String written) {
        String text = written.strip();
        Matcher scheme = SCHEME.matcher(text);
        if (!scheme.matches()) {
            return text.contains("://") || text.indexOf('=') <= 0
                    ? Optional.empty()
                    : Optional.of(new DatabaseUrl(text, List.of()));
        }
        String rest = scheme.group(2);
        int question = rest.indexOf('?');
        if (question < 0) {
            return Optional.of(new DatabaseUrl("postgresql://" + rest, List.of()));
        }
        List<String> kept = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        for (String parameter : rest.substring(question + 1).split("&")) {
            String name = parameter.split("=", 2)[0];
            boolean foreign = OF_APPLICATIONS.contains(name.toLowerCase(Locale.ROOT));
            (foreign ? dropped : kept).add(foreign ? name : parameter);
        }
        String options = kept.isEmpty() ? "" : "?" + String.join("&", kept);
        return Optional.of(new DatabaseUrl("postgresql://" + rest.substring(0, question) + options, dropped));
    }

    /** The name of the database, as far as a URL says it. */
    Optional<String> database() {
        Matcher path = Pattern.compile("postgresql://[^/?]*/([^/?]+).*", Pattern.DOTALL)
                .matcher(text);
        return path.matches() ? Optional.of(decoded(path.group(1))) : Optional.empty();
    }

    /** As it is written where it cannot be decoded: whoever connects will tell. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /**
     * Whether a slash or a question mark of the password ended it early: what follows would be taken for the name of the
     * database, and shown.
     */
    boolean isCutOff() {
        return text.matches("(?s)postgresql://[^/?@]*:[^/?@]*[/?][^/?=&]*@.*");
    }

    boolean hasPassword() {
        return text.matches("(?s)postgresql://[^/?]*:[^/?]*@.*") || text.matches("(?s)(.*[?&\\s])?password\\s*=.*");
    }

    /** Without secrets, as for {@link Object#toString}. */
    @Override
    public String toString() {
        return "DatabaseUrl[...]";
    }
}
