package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names of schemas or tables, written as in SQL and with wildcards: letters become lower case unless they are in double
 * quotes, {@code *} is any number of characters and {@code ?} is one, and both mean themselves in quotes.
 *
 * @param text as it was written
 */
record NamePattern(String text, Pattern schema, Pattern name) {
    private static final Pattern ANY = Pattern.compile(".*", Pattern.DOTALL);

    /**
     * @throws Invalid if it has more than one part
     */
    static NamePattern ofSchema(String text) {
        List<Pattern> parts = parts(text);
        if (parts.size() != 1) {
            throw invalid(text, "is not the name of a schema");
        }
        return new NamePattern(text, parts.getFirst(), ANY);
    }

    /** Without a schema it is a table of that name in any of them. */
    static NamePattern ofTable(String text) {
        List<Pattern> parts = parts(text);
        return switch (parts.size()) {
            case 1 -> new NamePattern(text, ANY, parts.getFirst());
            case 2 -> new NamePattern(text, parts.getFirst(), parts.getLast());
            default -> throw invalid(text, "is not the name of a table");
        };
    }

    private static List<Pattern> parts(String text) {
        List<Pattern> parts = new ArrayList<>();
        StringBuilder regex = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                regex.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '.') {
                parts.add(compiled(text, regex));
                regex.setLength(0);
            } else if (!quoted && (c == '*' || c == '?')) {
                regex.append(c == '*' ? ".*" : ".");
            } else {
                String one = String.valueOf(c);
                regex.append(Character.isLetterOrDigit(c) || Character.isSurrogate(c) ? "" : "\\")
                        .append(quoted ? one : one.toLowerCase(Locale.ROOT));
            }
        }
        if (quoted) {
            throw invalid(text, "has a double quote that is not closed");
        }
        parts.add(compiled(text, regex));
        return parts;
    }

    private static Pattern compiled(String text, StringBuilder regex) {
        if (regex.isEmpty()) {
            throw invalid(text, "has an empty name in it");
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    private static Invalid invalid(String text, String what) {
        return new Invalid(
                ErrorCode.USAGE,
                "'" + text + "' " + what,
                "write it like public.orders, app.* or \"Odd Schema\".\"Odd Table\".");
    }

    boolean matches(String schemaName, String tableName) {
        return schema.matcher(schemaName).matches() && name.matcher(tableName).matches();
    }
}
