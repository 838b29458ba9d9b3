package dev.holdfast.server.browse;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** What entries hold, as files that other programs read. */
public final class Contents {
    private static final String TARGET = "target";
    private static final String COLUMNS = "columns";

    private Contents() {}

    /**
     * The file or object with a key.
     *
     * @throws Missing (UNKNOWN_NAME) if the part has no such entry
     * @throws Invalid (USAGE) if it is none that has bytes of its own
     */
    public static Entry file(PartReader part, String key) {
        Entry entry = found(part, EntryKeys.key(key));
        return switch (entry.type()) {
            case FILE, OBJECT, LARGE_OBJECT -> entry;
            case HARD_LINK ->
                found(part, EntryKey.ofOwned(entry.attributes().bytes(TARGET).orElse(new byte[0])));
            case TABLE -> throw new Invalid(ErrorCode.USAGE, "that is a table", "ask for it as a table.");
            case DIRECTORY, SYMBOLIC_LINK, FIFO, CHARACTER_DEVICE, BLOCK_DEVICE, SOCKET, SEQUENCE, DOCUMENT ->
                throw new Invalid(ErrorCode.USAGE, "that is neither a file nor an object", "");
        };
    }

    /**
     * The table with a name.
     *
     * @param name as entries show it: {@code public.orders}
     * @throws Missing (UNKNOWN_NAME) if the part has no such table
     */
    public static Entry table(PartReader part, String name) {
        Entry entry = found(part, EntryKeys.key("table/" + name));
        if (entry.type() != EntryType.TABLE) {
            throw new Invalid(ErrorCode.USAGE, "that is not a table", "");
        }
        return entry;
    }

    private static Entry found(PartReader part, EntryKey key) {
        return part.find(key)
                .orElseThrow(() -> new Missing(
                        ErrorCode.UNKNOWN_NAME,
                        "part '" + part.name() + "' has no such entry",
                        "the list of its entries shows their keys."));
    }

    /** What a file would be called by itself. */
    public static String name(Entry entry) {
        return entry.key().toString();
    }

    /** Copies the bytes of a file or object. */
    public static void copy(PartReader part, Entry entry, OutputStream out) throws IOException {
        try (InputStream content = part.open(entry.content())) {
            content.transferTo(out);
        }
    }

    /** Writes a table's rows as CSV, with the names of the columns first. */
    public static void copyRows(PartReader part, Entry table, OutputStream out) throws IOException {
        Optional<String> columns = table.attributes().text(COLUMNS);
        List<String> names = columns.map(json -> List.of(JsonMapper.shared().readValue(json, String[].class)))
                .orElse(List.of());
        try (InputStream rows = part.open(table.content())) {
            CsvRows.write(names, rows, out);
        }
    }
}
