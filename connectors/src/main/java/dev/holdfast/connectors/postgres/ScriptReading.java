package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Proves that SQL of pg_dump, pg_restore or pg_dumpall is whole while it is read: rows for {@code COPY} end as they should, and at the end
 * stands what these programs write last. SQL has no checksum: a changed letter is not seen. For one thread.
 */
public final class ScriptReading {
    private static final int BUFFER_BYTES = 64 * 1024;

    /** What is longer is no line that means anything here. */
    private static final int LOOKED_AT_BYTES = 16 * 1024;

    private static final int MOST_NAMES = 10_000;
    /** A table without columns leaves two spaces. */
    private static final Pattern COPY = Pattern.compile(
            "COPY (?:(\"(?:[^\"]|\"\")+\"|[^\" .]+)\\.)?(\"(?:[^\"]|\"\")+\"|[^\" .]+) (?:\\(.*\\))? ?FROM stdin;");

    private static final Pattern OWNER = Pattern.compile("ALTER .* OWNER TO (\"(?:[^\"]|\"\")+\"|[^\" ;]+);");
    private static final Pattern EXTENSION =
            Pattern.compile("CREATE EXTENSION (?:IF NOT EXISTS )?(\"(?:[^\"]|\"\")+\"|[^\" ;]+).*");
    /** A partition's rows may go in through the table above it; the comment says whose they are. */
    private static final Pattern DATA_OF =
            Pattern.compile("-- Data for Name: (.*); Type: TABLE DATA; Schema: (.*?); Owner: .*");

    private static final Pattern FROM = Pattern.compile("-- Dumped from database version (.*)");
    private static final Pattern BY = Pattern.compile("-- Dumped by (?:pg_dump|pg_dumpall) version (.*)");

    private final String where;
    private final boolean ofServer;
    private final Set<String> roles = new TreeSet<>();
    private final Set<String> extensions = new TreeSet<>();
    private final List<DumpedTable> tables = new ArrayList<>();
    private final byte[] line = new byte[LOOKED_AT_BYTES];
    private final String lastWords;
    private String server = "";
    private String tool = "";
    private int lineBytes;
    private boolean inData;
    private @Nullable DumpedTable announced;
    private boolean complete;
    private boolean makesDatabases;
    private @Nullable DumpedTable copying;
    private long rows;
    private long bytes;

    private ScriptReading(String where, boolean ofServer) {
        this.where = where;
        this.ofServer = ofServer;
        lastWords = "-- PostgreSQL database " + (ofServer ? "cluster " : "") + "dump complete";
    }

    /**
     * @param content from its first byte to its last; not closed
     * @param where it is, for people
     * @param ofServer whether pg_dumpall wrote it
     * @throws Damaged if it ends too early
     */
    public static DumpContents read(InputStream content, String where, boolean ofServer) {
        try {
            return new ScriptReading(where, ofServer).read(new BufferedInputStream(content, BUFFER_BYTES));
        } catch (IOException e) {
            throw damaged(where, "is damaged: " + e.getMessage(), e);
        }
    }

    private DumpContents read(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            bytes += n;
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    endLine();
                } else if (lineBytes++ < LOOKED_AT_BYTES) {
                    line[lineBytes - 1] = buffer[i];
                }
            }
        }
        if (lineBytes > 0) {
            endLine();
        }
        if (copying != null) {
            throw damaged(where, "is cut: it ends within the rows of " + copying.shown(), null);
        }
        if (!complete) {
            throw damaged(where, "is cut: '" + lastWords + "' is not where its end should be", null);
        }
        return new DumpContents(
                "", server, tool, tables, tables.size(), bytes, roles, extensions, ofServer || makesDatabases);
    }

    private void endLine() {
        int length = lineBytes > 0 && lineBytes <= LOOKED_AT_BYTES && line[lineBytes - 1] == '\r'
                ? lineBytes - 1
                : lineBytes;
        lineBytes = 0;
        DumpedTable table = copying;
        if (table != null) {
            if (length == 2 && line[0] == '\\' && line[1] == '.') {
                tables.add(new DumpedTable(table.schema(), table.name(), rows));
                copying = null;
            } else {
                rows++;
            }
            return;
        }
        if (length > LOOKED_AT_BYTES) {
            complete = false;
            return;
        }
        statement(new String(line, 0, length, StandardCharsets.UTF_8));
    }

    private void statement(String text) {
        if (text.equals(lastWords)) {
            complete = true;
        } else if (!text.isEmpty() && !text.equals("--") && !text.startsWith("\\unrestrict ")) {
            complete = false;
        }
        if (text.startsWith("-- ")) {
            comment(text);
            return;
        }
        if (inData) {
            Matcher copy = COPY.matcher(text);
            if (copy.matches()) {
                DumpedTable said = announced;
                copying = said == null ? new DumpedTable(unquoted(copy.group(1)), unquoted(copy.group(2)), 0) : said;
                rows = 0;
                return;
            }
        }
        makesDatabases |= text.startsWith("\\connect ") || text.startsWith("CREATE DATABASE ");
        names(text);
    }

    private void comment(String text) {
        if (text.startsWith("-- Data for Name: ")) {
            inData = true;
            Matcher data = DATA_OF.matcher(text);
            announced = data.matches() ? new DumpedTable(data.group(2), data.group(1), 0) : null;
        } else if (text.startsWith("-- Name: ")) {
            inData = false;
        } else {
            server = first(FROM, text, server);
            tool = first(BY, text, tool);
        }
    }

    private static String first(Pattern pattern, String text, String before) {
        Matcher found = pattern.matcher(text);
        return before.isEmpty() && found.matches() ? found.group(1) : before;
    }

    private void names(String text) {
        Matcher owner = OWNER.matcher(text);
        if (owner.matches()) {
            add(roles, unquoted(owner.group(1)));
        } else if (text.startsWith("GRANT ")
                || text.startsWith("REVOKE ")
                || text.startsWith("ALTER DEFAULT PRIVILEGES ")
                || text.startsWith("CREATE POLICY ")) {
            rolesOf(text).forEach(role -> add(roles, role));
        } else {
            Matcher extension = EXTENSION.matcher(text);
            if (extension.matches()) {
                add(extensions, unquoted(extension.group(1)));
            }
        }
    }

    private static void add(Set<String> names, String name) {
        if (names.size() < MOST_NAMES) {
            names.add(name);
        }
    }

    /** The roles that grants, default rights and policies name. */
    static Set<String> rolesOf(String sql) {
        Set<String> names = new TreeSet<>();
        RoleText.statements(sql)
                .ifPresent(statements ->
                        statements.forEach(statement -> statement.roles().forEach(role -> names.add(role.name()))));
        return names;
    }

    private static String unquoted(@Nullable String name) {
        if (name == null) {
            return "";
        }
        return name.startsWith("\"") ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name;
    }

    private static Damaged damaged(String where, String what, @Nullable Throwable cause) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + where + "' " + what,
                "take another copy of it; what can be read of this one is not all of it.",
                cause);
    }
}
