package dev.holdfast.control.config;

import dev.holdfast.connectors.postgres.Among;
import dev.holdfast.connectors.postgres.Selection;
import java.util.List;

/**
 * How much of a server a source is.
 *
 * @param selection what of the database; everything where it is all databases
 * @param everyDatabase whether it is all databases of the server, each a part of its own
 * @param excludeDatabases patterns of databases that are left out then
 * @param among whether it is one of all databases
 */
public record PostgresScope(Selection selection, boolean everyDatabase, List<String> excludeDatabases, Among among) {
    /** One whole database. */
    public static final PostgresScope DATABASE = of(Selection.EVERYTHING);

    public PostgresScope {
        excludeDatabases = List.copyOf(excludeDatabases);
    }

    /** Some of one database. */
    public static PostgresScope of(Selection selection) {
        return new PostgresScope(selection, false, List.of(), Among.ALONE);
    }

    /** All databases of a server. */
    public static PostgresScope all(List<String> exclude) {
        return new PostgresScope(Selection.EVERYTHING, true, exclude, Among.ALONE);
    }

    /** One of them. */
    static PostgresScope oneOfAll(Among among) {
        return new PostgresScope(Selection.EVERYTHING, false, List.of(), among);
    }
}
