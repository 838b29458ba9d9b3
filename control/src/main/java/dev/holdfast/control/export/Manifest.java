package dev.holdfast.control.export;

import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The file beside exported files that tells people and programs what they are; docs/export.md has its fields. */
final class Manifest {
    private static final int VERSION = 1;

    private Manifest() {}

    static byte[] write(
            LedgerEntry entry,
            Snapshot snapshot,
            ExportConfig export,
            Contents contents,
            FilePlace place,
            Instant now) {
        JsonMapper mapper = JsonMapper.shared();
        ObjectNode json = mapper.createObjectNode();
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
                write(fields, part, contents);
            });
        }
        return (mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void write(ObjectNode json, Part part, Contents contents) {
        json.put("part", part.name())
                .put("kind", part.kind())
                .put("from", part.location())
                .put("entries", part.entries())
                .put("contentBytes", part.bytes());
        contents.database(part).ifPresent(name -> json.put("database", name));
        contents.bucket(part).ifPresent(name -> json.put("bucket", name));
    }
}
