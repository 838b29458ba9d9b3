package dev.holdfast.connectors.archive;

import dev.holdfast.connectors.files.FileProperties;
import dev.holdfast.connectors.s3.ObjectProperties;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a format cannot hold of an entry, as a line of JSON: {@code key} (and {@code keyBase64} where it is no text), {@code name} where
 * the export has it under another one, {@code type}, {@code bytes}; of an object its {@code modified}, {@code headers}, {@code metadata},
 * {@code tags}; of a file its {@code mtime}, {@code mode}, {@code uid}, {@code gid}, {@code owner}, {@code group}, {@code target}, {@code
 * xattrs} in Base64.
 */
final class MetadataLine {
    private static final JsonMapper JSON = JsonMapper.shared();

    private MetadataLine() {}

    static byte[] of(NamedEntry named) {
        Entry entry = named.entry();
        Map<String, Object> line = new LinkedHashMap<>();
        text(line, "key", entry.key());
        if (!named.name().equals(entry.key())) {
            line.put("name", new String(named.name().toBytes(), StandardCharsets.UTF_8));
        }
        line.put("type", entry.type().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        line.put("bytes", entry.content().bytes());
        if (entry.type() == EntryType.OBJECT) {
            object(line, ObjectProperties.of(entry));
        } else {
            file(line, FileProperties.of(entry));
        }
        byte[] json = JSON.writeValueAsBytes(line);
        byte[] ended = Arrays.copyOf(json, json.length + 1);
        ended[json.length] = '\n';
        return ended;
    }

    private static void object(Map<String, Object> line, ObjectProperties look) {
        look.modified().ifPresent(time -> line.put("modified", time.toString()));
        line.put("headers", look.headers());
        line.put("metadata", look.metadata());
        line.put("tags", look.tags());
    }

    private static void file(Map<String, Object> line, FileProperties look) {
        line.put("mtime", look.modified().toString());
        line.put("mode", "%04o".formatted(look.mode()));
        line.put("uid", look.uid());
        line.put("gid", look.gid());
        line.put("owner", look.owner());
        line.put("group", look.group());
        if (look.target().length() > 0) {
            text(line, "target", look.target());
        }
        if (!look.extended().isEmpty()) {
            Map<String, String> encoded = new TreeMap<>();
            look.extended()
                    .forEach((name, value) ->
                            encoded.put(name, Base64.getEncoder().encodeToString(value)));
            line.put("xattrs", encoded);
        }
    }

    private static void text(Map<String, Object> line, String name, EntryKey key) {
        byte[] raw = key.toBytes();
        try {
            line.put(
                    name,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(raw))
                            .toString());
        } catch (CharacterCodingException e) {
            line.put(name, new String(raw, StandardCharsets.UTF_8));
            line.put(name + "Base64", Base64.getEncoder().encodeToString(raw));
        }
    }
}
