package dev.holdfast.connectors.files;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which files are left out, by patterns in the manner of {@code .gitignore}: {@code *} and {@code ?} stop at a slash, {@code
 * **} does not, {@code [a-z]} is one character of a set; a slash at the end means directories only, one at the beginning or
 * in the middle ties the pattern to the root; {@code !} takes back what an earlier pattern left out; the last that matches
 * decides. What lies in a directory that is left out is never looked at. Immutable.
 */
final class Exclusions {
    /** One character of UTF-8, or one byte of what is not, written one {@code char} per byte. */
    private static final String ONE = "(?:[\\xC2-\\xF4][\\x80-\\xBF]+|[^/])";

    private record Rule(Pattern pattern, boolean directoriesOnly, boolean back) {}

    private final List<Rule> rules = new ArrayList<>();

    Exclusions(List<String> patterns) {
        for (String pattern : patterns) {
            if (!pattern.isBlank() && !pattern.startsWith("#")) {
                rules.add(rule(pattern.strip()));
            }
        }
    }

    private static Rule rule(String text) {
        boolean back = text.startsWith("!");
        String pattern = back ? text.substring(1) : text;
        boolean directoriesOnly = pattern.endsWith("/");
        if (directoriesOnly) {
            pattern = pattern.substring(0, pattern.length() - 1);
        }
        boolean tied = pattern.contains("/");
        if (pattern.startsWith("/")) {
            pattern = pattern.substring(1);
        }
        String bytes = new String(pattern.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String expression = (tied ? "" : "(?:.*/)?") + expression(bytes);
        return new Rule(Pattern.compile(expression, Pattern.DOTALL), directoriesOnly, back);
    }

    private static String expression(String glob) {
        StringBuilder expression = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (glob.startsWith("**/", i)) {
                expression.append("(?:.*/)?");
                i += 2;
            } else if (glob.startsWith("**", i)) {
                expression.append(".*");
                i++;
            } else if (c == '*') {
                expression.append("[^/]*");
            } else if (c == '?') {
                expression.append(ONE);
            } else if (c == '[' && glob.indexOf(']', i + 2) > 0) {
                int end = glob.indexOf(']', i + 2);
                expression.append(set(glob.substring(i + 1, end)));
                i = end;
            } else if (c == '\\' && i + 1 < glob.length()) {
                expression.append(Pattern.quote(glob.substring(++i, i + 1)));
            } else {
                expression.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return expression.toString();
    }

    private static String set(String members) {
        boolean not = members.startsWith("!") || members.startsWith("^");
        String escaped = (not ? members.substring(1) : members).replaceAll("([\\[\\]&^\\\\])", "\\\\$1");
        return "[" + (not ? "^/" : "") + escaped + "]";
    }

    /**
     * @param path relative to the root, without a slash at the end
     */
    boolean excludes(byte[] path, boolean directory) {
        if (rules.isEmpty()) {
            return false;
        }
        String text = new String(path, StandardCharsets.ISO_8859_1);
        for (Rule rule : rules.reversed()) {
            if ((directory || !rule.directoriesOnly())
                    && rule.pattern().matcher(text).matches()) {
                return !rule.back();
            }
        }
        return false;
    }
}
