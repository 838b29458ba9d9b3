package dev.holdfast.engine.repository;

import dev.holdfast.engine.source.ContentWriter;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.source.PartWriter;
import dev.holdfast.engine.source.Progress;
import dev.holdfast.engine.store.ObjectStore;
import dev.holdfast.engine.tree.Attributes;
import dev.holdfast.engine.tree.Content;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import dev.holdfast.engine.tree.EntryType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/** What the tests of the repository work with: a settable clock, made-up data, and the short way to write and read a part. */
final class Yard {
    static final RepositoryKey.Passphrase PASSPHRASE = new RepositoryKey.Passphrase("correct horse battery");
    static final String STACK = "shop";
    static final String PART = "files";

    final SecureRandom random = new SecureRandom();
    final Path spool;
    Instant now = Instant.parse("2026-01-02T03:04:05Z");

    Yard(Path spool) {
        this.spool = spool;
    }

    InstantSource clock() {
        return () -> now;
    }

    RepositoryOptions options() {
        return new RepositoryOptions(4 << 20, 1, 2, spool, "test", "host-1");
    }

    static List<Destination> destinations(ObjectStore... stores) {
        List<Destination> destinations = new ArrayList<>();
        for (ObjectStore store : stores) {
            destinations.add(new Destination("place-" + (destinations.size() + 1), store));
        }
        return destinations;
    }

    Repository.Created create(ObjectStore... stores) {
        return Repository.create(destinations(stores), PASSPHRASE, _ -> {}, random);
    }

    /** Opens without the time that deriving a key from a passphrase takes. */
    Repository openQuickly(Repository.Created created, ObjectStore... stores) {
        return Repository.open(
                destinations(stores),
                new RepositoryKey.RecoveryCode(created.recoveryCode()),
                options(),
                clock(),
                random);
    }

    Repository open(ObjectStore... stores) {
        return Repository.open(destinations(stores), PASSPHRASE, options(), clock(), random);
    }

    /** Made-up contents: many small, a few long; half of the bytes compress. */
    static NavigableMap<String, byte[]> data(long seed, int count, int longest) {
        Random random = new Random(seed);
        NavigableMap<String, byte[]> data = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int length = i % 10 == 0 ? random.nextInt(longest) : random.nextInt(2000);
            data.put(String.format("dir%d/file-%05d", i % 7, i), bytes(random, length));
        }
        return data;
    }

    static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        for (int at = 0; at + 64 < length; at += 128) {
            Arrays.fill(bytes, at, at + 64, (byte) at);
        }
        return bytes;
    }

    Commit backup(Repository repository, Map<String, byte[]> data) {
        return backup(repository, STACK, data);
    }

    Commit backup(Repository repository, String stack, Map<String, byte[]> data) {
        try (SnapshotWriter writer = repository.begin(stack, Map.of())) {
            capture(writer, data);
            return writer.commit();
        }
    }

    /** Takes over what has the same length and first byte as before, as a real source compares attributes. */
    static Part capture(SnapshotWriter writer, Map<String, byte[]> data) {
        PartWriter part = writer.beginPart(PART, "directory", "/srv", Progress.NONE);
        new TreeMap<>(data).forEach((name, bytes) -> {
            EntryKey key = EntryKey.of(name);
            Attributes attributes = Attributes.builder()
                    .put("stamp", Arrays.hashCode(bytes))
                    .put("size", bytes.length)
                    .build();
            Entry before = part.previous(key).orElse(null);
            if (before != null && before.attributes().equals(attributes)) {
                part.add(before, PartWriter.Change.UNCHANGED);
                return;
            }
            part.countRead(1, bytes.length);
            try (ContentWriter content = part.content(bytes.length)) {
                content.write(bytes, 0, bytes.length);
                part.add(
                        new Entry(key, EntryType.FILE, attributes, content.finish()),
                        before == null ? PartWriter.Change.NEW : PartWriter.Change.CHANGED);
            }
        });
        return writer.endPart(Map.of("note", "made up"));
    }

    static NavigableMap<String, byte[]> restore(Repository repository, Snapshot snapshot) {
        PartReader part = repository.read(snapshot, snapshot.part(PART).orElseThrow());
        NavigableMap<String, byte[]> data = new TreeMap<>();
        EntryCursor entries = part.entries();
        for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
            data.put(entry.key().toString(), read(part, entry.content()));
        }
        return data;
    }

    static byte[] read(PartReader part, Content content) {
        try (InputStream in = part.open(content)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean same(Map<String, byte[]> one, Map<String, byte[]> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), other.get(e.getKey())));
    }
}
