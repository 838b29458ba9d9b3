package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern for names, written as for {@code psql} and {@code pg_dump}: {@code *} stands for any characters, {@code ?} for
 * one, letters A to Z outside double quotes mean small ones, and within double quotes everything means itself, with
 * {@code ""} for a quote. Other characters that a regular expression gives a meaning to must be quoted. Immutable.
 *
 * @see <a href="https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-PATTERNS">Patterns</a>
 */
public final class NamePattern {
    private static final String RESERVED = "|+()[]{}^\\";

    private static final Pattern ANY = Pattern.compile(".*", Pattern.DOTALL);

    private final String text;
    private final List<Pattern> names;

    private NamePattern(String text, List<Pattern> names) {
        this.text = text;
        this.names = names;
    }

    /**
     * A pattern for one name, of a schema or a database.
     *
     * @throws Invalid if it is empty, has a dot or a reserved character outside quotes, or a quote that is not closed
     */
    public static NamePattern ofName(String text) {
        NamePattern pattern = parse(text);
        if (pattern.names.size() != 1) {
            throw invalid(
                    text, "has a dot", "for example: test_*; a dot that belongs to a name is quoted: \"my.name\".");
        }
        return pattern;
    }

    /**
     * A pattern for a table with its schema; no search path is asked, so both are written.
     *
     * @throws Invalid as {@link #ofName}, and if it is not two names with a dot in between
     */
    public static NamePattern ofTable(String text) {
        NamePattern pattern = parse(text);
        if (pattern.names.size() != 2) {
            throw invalid(
                    text,
                    "is not schema.table",
                    "for example: public.orders, or *.orders for any schema; a dot that belongs to a name is quoted.");
        }
        return pattern;
    }

    /**
     * A pattern for a table; without a schema for a table of that name in any.
     *
     * @throws Invalid as {@link #ofName}, and if it has more than two names
     */
    public static NamePattern ofTableAnywhere(String text) {
        NamePattern pattern = parse(text);
        return pattern.names.size() == 1
                ? new NamePattern(text, List.of(ANY, pattern.names.getFirst()))
                : ofTable(text);
    }

    private static NamePattern parse(String text) {
        List<Pattern> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                name.append("\\\"");
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '.') {
                names.add(compiled(text, name));
                name.setLength(0);
            } else {
                name.append(quoted ? literal(c) : special(text, c));
            }
        }
        if (quoted) {
            throw invalid(text, "has a double quote that is not closed", "write \"\" for a quote within quotes.");
        }
        names.add(compiled(text, name));
        return new NamePattern(text, List.copyOf(names));
    }

    private static Pattern compiled(String text, StringBuilder name) {
        if (name.isEmpty()) {
            throw invalid(text, "has an empty name", "for example: public.orders.");
        }
        return Pattern.compile(name.toString(), Pattern.DOTALL);
    }

    private static String special(String text, char c) {
        if (RESERVED.indexOf(c) >= 0) {
            throw invalid(
                    text, "has '" + c + "' outside quotes", "quote the name if the character belongs to it: \"a+b\".");
        }
        return switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> literal(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
        };
    }

    private static String literal(char c) {
        boolean plain = Character.isLetterOrDigit(c) || Character.isSurrogate(c) || c > 127 || c == '_';
        return plain ? String.valueOf(c) : "\\" + c;
    }

    private static Invalid invalid(String text, String what, String hint) {
        return new Invalid(ErrorCode.CONFIGURATION_INVALID, "pattern '" + text + "' " + what, hint);
    }

    boolean matches(String name) {
        return names.getFirst().matcher(name).matches();
    }

    boolean matches(String schema, String name) {
        return matches(schema) && names.get(1).matcher(name).matches();
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
