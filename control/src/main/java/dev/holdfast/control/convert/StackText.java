package dev.holdfast.control.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A stack file while it is written, line by line. For one thread. */
final class StackText {
    private final StringBuilder text = new StringBuilder();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> secrets = new TreeSet<>();

    /** A key with a map under it. */
    StackText map(int depth, String key) {
        return raw(depth, key + ":");
    }

    /** A key with a text, which is quoted. */
    StackText value(int depth, String key, String value) {
        return raw(depth, key + ": " + quoted(value));
    }

    /** A key with something that is written as it stands, such as a number. */
    StackText plain(int depth, String key, Object value) {
        return raw(depth, key + ": " + value);
    }

    StackText list(int depth, String key, List<String> values) {
        return raw(
                depth,
                key + ": ["
                        + String.join(
                                ", ", values.stream().map(StackText::quoted).toList()) + "]");
    }

    /** A secret that stays where it is: in a variable. */
    StackText variable(int depth, String key, String variable) {
        secrets.add(variable);
        return value(depth, key, "${" + variable + "}");
    }

    /** A secret that stays where it is: in a file. */
    StackText file(int depth, String key, String file) {
        secrets.add(file);
        return value(depth, key + "-file", file);
    }

    StackText secret(int depth, String key, SecretPlace place) {
        return place.isFile() ? file(depth, key, place.where()) : variable(depth, key, place.where());
    }

    /** Something that people should know, as a comment. */
    StackText note(int depth, String note) {
        String line = note.replaceAll("[\\r\\n]+", " ");
        notes.add(line);
        return raw(depth, "# " + line);
    }

    StackText comment(int depth, String comment) {
        return raw(depth, "# " + comment);
    }

    private StackText raw(int depth, String line) {
        text.append("  ".repeat(depth)).append(line).append('\n');
        return this;
    }

    private static String quoted(String value) {
        return value.matches("[A-Za-z0-9][A-Za-z0-9._-]*")
                        && !value.matches("(?i)[-+0-9._e]+|true|false|null|yes|no|on|off|~")
                ? value
                : "'" + value.replace("'", "''") + "'";
    }

    Converted converted() {
        return new Converted(text.toString(), notes, List.copyOf(secrets));
    }
}
