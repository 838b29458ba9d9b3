package dev.holdfast.connectors.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** How names and values are written in SQL. */
final class Sql {
    /** Settings whose value is a list of quoted names; each element is a value of its own in SQL. */
    private static final Set<String> LISTS = Set.of(
            "local_preload_libraries",
            "search_path",
            "session_preload_libraries",
            "shared_preload_libraries",
            "temp_tablespaces",
            "unix_socket_directories");

    private Sql() {}

    /** A name in double quotes, always. */
    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String name(String schema, String name) {
        return name(schema) + "." + name(name);
    }

    /** A value in single quotes; safe whatever standard_conforming_strings says. */
    static String literal(String value) {
        String quoted = "'" + value.replace("'", "''") + "'";
        return value.indexOf('\\') < 0 ? quoted : " E" + quoted.replace("\\", "\\\\");
    }

    /** The value of a setting as {@code ALTER … SET name TO} wants it. */
    static String setting(String name, String value) {
        if (!LISTS.contains(name.toLowerCase(Locale.ROOT))) {
            return literal(value);
        }
        List<String> elements = elements(value);
        return elements.isEmpty() ? "''" : elements.stream().map(Sql::literal).collect(Collectors.joining(", "));
    }

    /** {@code a, "B""c"} as a and B"c. */
    private static List<String> elements(String list) {
        List<String> elements = new ArrayList<>();
        StringBuilder element = new StringBuilder();
        boolean quoted = false;
        boolean seen = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (quoted && c == '"' && i + 1 < list.length() && list.charAt(i + 1) == '"') {
                element.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
                seen = true;
            } else if (!quoted && c == ',') {
                elements.add(element.toString());
                element.setLength(0);
                seen = false;
            } else if (quoted || !Character.isWhitespace(c)) {
                element.append(c);
                seen = true;
            }
        }
        if (seen || !elements.isEmpty()) {
            elements.add(element.toString());
        }
        return elements;
    }

    /** A name as in a key: plain where nothing is odd about it. */
    static String shortName(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : name(name);
    }
}
