package dev.holdfast.connectors.archive;

import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.MemoryPart;
import dev.holdfast.engine.source.PartWriter.Change;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** A bucket as it is captured, with keys of any kind. */
final class TestBucketPart {
    private final SortedMap<EntryKey, byte[]> objects = new TreeMap<>();

    TestBucketPart object(String key, String content) {
        return object(key.getBytes(StandardCharsets.UTF_8), content.getBytes(StandardCharsets.UTF_8));
    }

    TestBucketPart object(byte[] key, byte[] content) {
        objects.put(EntryKey.copyOf(key), content);
        return this;
    }

    MemoryPart part() {
        MemoryPart part = new MemoryPart("bucket");
        Attributes attributes = Attributes.builder()
                .put("etag", "0123456789abcdef0123456789abcdef")
                .put("modified", "2026-03-04T05:06:07Z")
                .put("content-type", "image/png")
                .put("metadata", "author=%C3%84nne&x=1")
                .put("tags", "kept=yes")
                .build();
        objects.forEach((key, bytes) ->
                part.add(new Entry(key, EntryType.OBJECT, attributes, content(part, bytes)), Change.NEW));
        return part;
    }

    static Content content(MemoryPart part, byte[] bytes) {
        try (ContentWriter writer = part.content(bytes.length)) {
            writer.write(bytes, 0, bytes.length);
            return writer.finish();
        }
    }
}
