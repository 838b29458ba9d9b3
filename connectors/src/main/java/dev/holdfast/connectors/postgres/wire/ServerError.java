package dev.holdfast.connectors.postgres.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the server said when it refused something. Its message has no more than the server's first line: detail, position and
 * context may quote data.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-error-fields.html">Error and Notice Message Fields</a>
 */
public final class ServerError extends Exception {
    private static final long serialVersionUID = 1L;

    private final Map<Character, String> fields;

    /**
     * @param fields by their letters in the protocol
     */
    ServerError(Map<Character, String> fields) {
        super(fields.getOrDefault('M', "the server gave no reason"));
        this.fields = Map.copyOf(fields);
    }

    /** In English whatever the server's language: {@code ERROR}, {@code FATAL} or {@code PANIC}. */
    public String severity() {
        return fields.getOrDefault('V', fields.getOrDefault('S', "ERROR"));
    }

    /** Whether the server ended the connection with it. */
    public boolean isFatal() {
        return !severity().equals("ERROR");
    }

    /** Five characters, for example {@code 42P01}; empty if the server gave none. */
    public String sqlState() {
        return fields.getOrDefault('C', "");
    }

    /** The server's first line. */
    public String message() {
        return fields.getOrDefault('M', "");
    }

    public @Nullable String detail() {
        return fields.get('D');
    }

    public @Nullable String hint() {
        return fields.get('H');
    }

    /** Of the first character that is wrong in the statement, from 1; 0 if unknown. */
    public int position() {
        String position = fields.getOrDefault('P', "0");
        return position.matches("[0-9]{1,9}") ? Integer.parseInt(position) : 0;
    }

    /** The context, for example the line of a COPY. */
    public @Nullable String where() {
        return fields.get('W');
    }
}
