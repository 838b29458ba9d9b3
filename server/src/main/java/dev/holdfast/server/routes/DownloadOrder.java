package dev.holdfast.server.routes;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.server.http.Call;
import java.util.Optional;

/**
 * One thing of a snapshot that is wanted as a file; also what a download link is about.
 *
 * @param kind {@code content} of a file or object, {@code table} or {@code export} of a database
 * @param key of a content
 * @param table its name
 * @param format of an export
 * @param compress of an export
 * @param create of an export
 */
record DownloadOrder(
        String stack,
        String snapshot,
        String kind,
        Optional<String> part,
        Optional<String> key,
        Optional<String> table,
        Optional<String> format,
        Optional<Integer> compress,
        boolean create) {
    static final String CONTENT = "content";
    static final String TABLE = "table";
    static final String EXPORT = "export";

    /** What a call by itself asks for. */
    static DownloadOrder of(Call call, String kind) {
        return new DownloadOrder(
                call.text("stack"),
                call.text("snapshot"),
                kind,
                call.maybe("part"),
                call.maybe("key"),
                call.maybe("table"),
                call.maybe("format"),
                call.maybe("compress").map(Integer::parseInt),
                call.flag("create"));
    }

    String neededPart() {
        return needed("part", part);
    }

    String neededKey() {
        return needed("key", key);
    }

    String neededTable() {
        return needed("table", table);
    }

    private String needed(String name, Optional<String> value) {
        return value.orElseThrow(() -> new Invalid(ErrorCode.USAGE, "a " + kind + " needs '" + name + "'", "name it."));
    }

    /** In words, for the audit trail. */
    String shown() {
        return "snapshot " + snapshot + " " + kind
                + part.map(text -> " part=" + text).orElse("")
                + key.map(text -> " key=" + text).orElse("")
                + table.map(text -> " table=" + text).orElse("")
                + format.map(text -> " format=" + text).orElse("");
    }
}
