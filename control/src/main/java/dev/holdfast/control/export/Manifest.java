package dev.holdfast.control.export;

import dev.holdfast.connectors.postgres.DumpedTable;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The file beside exported files that tells people and programs what they are; docs/export.md has its fields. */
final class Manifest {
    private static final int VERSION = 1;
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Manifest() {}

    static byte[] write(
            LedgerEntry entry,
            Snapshot snapshot,
            ExportConfig export,
            Contents contents,
            Map<String, List<DumpedTable>> tables,
            FilePlace place,
            Instant now) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("version", VERSION)
                .put("id", entry.id().text())
                .put("stack", entry.stack())
                .put("export", entry.export())
                .put("snapshot", snapshot.id().text())
                .put("snapshotBegan", snapshot.began().toString())
                .put("exported", now.toString())
                .put("holdfast", snapshot.version())
                .put("host", snapshot.host())
                .put("place", place.location())
                .put("encrypted", export.protection().encrypts())
                .put(
                        "bytes",
                        entry.contents().stream()
                                .mapToLong(file -> file.bytes().orElse(0))
                                .sum());
        ArrayNode files = json.putArray("files");
        for (Written file : entry.contents()) {
            snapshot.part(file.part()).ifPresent(part -> {
                ObjectNode fields = files.addObject();
                fields.put("name", file.name().text())
                        .put("fileName", file.name().last())
                        .put("url", place.location(file.name()))
                        .put("bytes", file.bytes().orElse(0))
                        .put("sha256", file.sha256())
                        .put("format", export.format(part).label());
                file.tree()
                        .ifPresent(tree -> fields.put("files", tree.files())
                                .put("list", tree.list().text()));
                write(fields, part, tables.getOrDefault(part.name(), List.of()));
                write(fields, part, contents);
            });
        }
        return bytes(json);
    }

    /**
     * Beside one file that was exported by a command.
     *
     * @param name what the file is called beside it
     * @param location where the file is, for people
     * @param encrypted whether only who knows a secret can read it
     */
    static byte[] write(Exported exported, String name, String location, boolean encrypted, Sum sum) {
        Snapshot snapshot = exported.snapshot();
        ObjectNode json = MAPPER.createObjectNode();
        json.put("version", VERSION)
                .put("stack", snapshot.stack())
                .put("snapshot", snapshot.id().text())
                .put("snapshotBegan", snapshot.began().toString())
                .put("exported", exported.began().toString())
                .put("holdfast", snapshot.version())
                .put("host", snapshot.host())
                .put("encrypted", encrypted)
                .put("bytes", sum.bytes());
        ObjectNode fields = json.putArray("files").addObject();
        fields.put("name", name)
                .put("fileName", name)
                .put("url", location)
                .put("bytes", sum.bytes())
                .put("sha256", sum.digest(Checksum.SHA256))
                .put("format", exported.format());
        write(fields, exported.part(), exported.tables());
        return bytes(json);
    }

    private static byte[] bytes(ObjectNode json) {
        return (MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void write(ObjectNode json, Part part, List<DumpedTable> tables) {
        json.put("part", part.name())
                .put("kind", part.kind())
                .put("from", part.location())
                .put("entries", part.entries())
                .put("contentBytes", part.bytes());
        if (!tables.isEmpty()) {
            ArrayNode array = json.putArray("tables");
            tables.forEach(table -> array.addObject()
                    .put("schema", table.schema())
                    .put("name", table.name())
                    .put("rows", table.rows()));
        }
    }

    private static void write(ObjectNode json, Part part, Contents contents) {
        contents.database(part).ifPresent(name -> json.put("database", name));
        contents.bucket(part).ifPresent(name -> json.put("bucket", name));
    }
}
