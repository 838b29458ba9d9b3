package dev.holdfast.connectors.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of roles in the few kinds of statements in which pg_dump writes them: grants, default rights, policies, user
 * mappings. Nothing else is understood, and what is not understood is said so.
 */
final class RoleText {
    private RoleText() {}

    /** A role in a statement, from one character to before another; {@code name} as the catalog has it. */
    record Role(int from, int to, String name) {}

    /**
     * @param text without the semicolon
     * @param roles in the order in which they are written; PUBLIC is none
     */
    record Statement(String text, Kind kind, List<Role> roles) {
        /** The statement with other roles in place of its own. */
        String with(List<String> names) {
            StringBuilder changed = new StringBuilder(text);
            for (int i = roles.size() - 1; i >= 0; i--) {
                changed.replace(roles.get(i).from(), roles.get(i).to(), Sql.name(names.get(i)));
            }
            return changed.toString();
        }

        /** The same with only some of a list of roles. */
        String withOnly(List<String> names) {
            return text.substring(0, roles.getFirst().from())
                    + String.join(", ", names.stream().map(Sql::name).toList())
                    + text.substring(roles.getLast().to());
        }
    }

    enum Kind {
        RIGHT,
        /** Rights that things will have which its first role makes. */
        DEFAULT_RIGHT,
        /** What follows is done as somebody else. */
        GRANTOR,
        END_OF_GRANTOR,
        /** For a list of roles. */
        POLICY,
        USER_MAPPING
    }

    private record Token(int from, int to, boolean quoted, String word) {
        boolean is(String keyword) {
            return !quoted && word.equals(keyword);
        }
    }

    /** The statements of a definition; empty if one of them is of no known kind. */
    static Optional<List<Statement>> statements(String sql) {
        List<Statement> statements = new ArrayList<>();
        int start = 0;
        List<Token> tokens = new ArrayList<>();
        for (Token token : tokens(sql)) {
            if (token.is(";")) {
                Statement statement = statement(sql.substring(start, token.from()), start, tokens);
                if (statement == null) {
                    return Optional.empty();
                }
                statements.add(statement);
                tokens.clear();
                start = token.to();
            } else {
                tokens.add(token);
            }
        }
        return tokens.isEmpty() ? Optional.of(statements) : Optional.empty();
    }

    private static @Nullable Statement statement(String text, int start, List<Token> tokens) {
        if (begins(tokens, "grant") || begins(tokens, "revoke")) {
            Token role = grantee(tokens, tokens.getFirst().word());
            return role == null ? null : new Statement(text, Kind.RIGHT, roles(start, role));
        }
        if (begins(tokens, "alter", "default", "privileges", "for", "role") && tokens.size() > 6) {
            boolean revokes = tokens.stream().anyMatch(token -> token.is("revoke"));
            Token role = grantee(tokens, revokes ? "revoke" : "grant");
            return role == null ? null : new Statement(text, Kind.DEFAULT_RIGHT, roles(start, tokens.get(5), role));
        }
        if (begins(tokens, "set", "session", "authorization") && tokens.size() == 4) {
            return new Statement(text, Kind.GRANTOR, roles(start, tokens.get(3)));
        }
        if (begins(tokens, "reset", "session", "authorization") && tokens.size() == 3) {
            return new Statement(text, Kind.END_OF_GRANTOR, List.of());
        }
        if (begins(tokens, "create", "user", "mapping", "for") && tokens.size() > 4) {
            return new Statement(text, Kind.USER_MAPPING, roles(start, tokens.get(4)));
        }
        return begins(tokens, "create", "policy") ? policy(text, start, tokens) : null;
    }

    private static boolean begins(List<Token> tokens, String... keywords) {
        if (tokens.size() < keywords.length) {
            return false;
        }
        for (int i = 0; i < keywords.length; i++) {
            if (!tokens.get(i).is(keywords[i])) {
                return false;
            }
        }
        return true;
    }

    /** The one that gets or loses something: behind the last TO or FROM, which are quoted where they are names. */
    private static @Nullable Token grantee(List<Token> tokens, String verb) {
        String before = verb.equals("grant") ? "to" : "from";
        for (int i = tokens.size() - 2; i >= 0; i--) {
            if (tokens.get(i).is(before)) {
                return tokens.get(i + 1);
            }
        }
        return null;
    }

    private static Statement policy(String text, int start, List<Token> tokens) {
        List<Role> roles = new ArrayList<>();
        int at = 0;
        while (at < tokens.size() && !tokens.get(at).is("to") && !isCondition(tokens.get(at))) {
            at++;
        }
        if (at < tokens.size() && tokens.get(at).is("to")) {
            for (at++; at < tokens.size() && !isCondition(tokens.get(at)); at++) {
                if (!tokens.get(at).is(",")) {
                    roles.addAll(roles(start, tokens.get(at)));
                }
            }
        }
        return new Statement(text, Kind.POLICY, roles);
    }

    private static boolean isCondition(Token token) {
        return token.is("using") || token.is("with");
    }

    private static List<Role> roles(int start, Token... tokens) {
        List<Role> roles = new ArrayList<>();
        for (Token token : tokens) {
            if (!token.is("public")) {
                roles.add(new Role(token.from() - start, token.to() - start, token.word()));
            }
        }
        return roles;
    }

    private static final Set<Character> QUOTES = Set.of('"', '\'');

    /** Words in lower case, quoted names without their quotes, texts as they are, and every other character alone. */
    private static List<Token> tokens(String sql) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            int from = at;
            if (Character.isWhitespace(c)) {
                at++;
            } else if (QUOTES.contains(c)) {
                at = afterQuoted(sql, at);
                String inner = sql.substring(from + 1, Math.max(from + 1, at - 1));
                tokens.add(new Token(from, at, true, c == '"' ? inner.replace("\"\"", "\"") : sql.substring(from, at)));
            } else if (isWord(c)) {
                while (at < sql.length() && isWord(sql.charAt(at))) {
                    at++;
                }
                tokens.add(new Token(from, at, false, sql.substring(from, at).toLowerCase(Locale.ROOT)));
            } else {
                at++;
                tokens.add(new Token(from, at, false, String.valueOf(c)));
            }
        }
        return tokens;
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || Character.isSurrogate(c) || c == '_' || c == '$';
    }

    private static int afterQuoted(String sql, int from) {
        char quote = sql.charAt(from);
        boolean escapes = quote == '\'' && from > 0 && "Ee".indexOf(sql.charAt(from - 1)) >= 0;
        for (int i = from + 1; i < sql.length(); i++) {
            if (escapes && sql.charAt(i) == '\\') {
                i++;
            } else if (sql.charAt(i) == quote) {
                if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
                    i++;
                } else {
                    return i + 1;
                }
            }
        }
        return sql.length();
    }
}
