package dev.holdfast.engine.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Entries and contents that a number decides; tells the number, so that a failure can be repeated. */
public final class RandomEntries {
    private static final List<String> NAMES = List.of("mode", "mtime", "owner", "etag", "xattr:user.größe", "target");

    private static final List<EntryType> TYPES = List.of(EntryType.values());

    private final Random random;

    private RandomEntries(long seed) {
        random = new Random(seed);
    }

    /** With the number in the system property {@code holdfast.test.seed}, else another each time. */
    public static RandomEntries create() {
        long seed = Long.getLong("holdfast.test.seed", System.nanoTime());
        System.out.println("repeat with -Dholdfast.test.seed=" + seed);
        return new RandomEntries(seed);
    }

    public static RandomEntries of(long seed) {
        return new RandomEntries(seed);
    }

    public Random random() {
        return random;
    }

    public ChunkId id() {
        byte[] bytes = new byte[ChunkId.BYTES];
        random.nextBytes(bytes);
        return ChunkId.ofOwned(bytes);
    }

    public Extent extent() {
        return new Extent(id(), random.nextInt(4) == 0 ? random.nextInt(1 << 20) : 0, 1 + random.nextInt(4 << 20));
    }

    public List<Extent> extents(int count) {
        List<Extent> extents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            extents.add(extent());
        }
        return extents;
    }

    public Content content(int extentCount) {
        List<Extent> extents = extents(extentCount);
        return new Content(extents.stream().mapToLong(Extent::length).sum(), 0, extents);
    }

    /** Keys as they come: paths, numbers, twins, bytes that are no text, the empty one and the longest. */
    public EntryKey key() {
        return switch (random.nextInt(10)) {
            case 0 -> raw(random.nextInt(4));
            case 1 -> raw(random.nextInt(40));
            case 2 ->
                EntryKey.of(List.of("", "a", "a/", "a//", "a.b", "a/b", "é", "e\u0301")
                        .get(random.nextInt(8)));
            case 3 -> longest();
            case 4, 5 -> EntryKey.of("uploads/" + random.nextInt(100_000));
            default ->
                EntryKey.of("srv/shop/uploads/2026/%02d/%02d/picture-%06d.jpg"
                        .formatted(random.nextInt(12), random.nextInt(31), random.nextInt(1_000_000)));
        };
    }

    public Entry entry(EntryKey key) {
        EntryType type = TYPES.get(random.nextInt(TYPES.size()));
        return new Entry(key, type, attributes(), content(random.nextInt(8) == 0 ? random.nextInt(65) : 1));
    }

    /** Like the files of a web shop. */
    public Entry file(EntryKey key) {
        Attributes attributes = Attributes.builder()
                .put("mode", 0644)
                .put("mtime", 1_790_000_000_000_000_000L + random.nextInt())
                .build();
        return new Entry(key, EntryType.FILE, attributes, content(1));
    }

    private Attributes attributes() {
        Attributes.Builder builder = Attributes.builder();
        for (int left = random.nextInt(4); left > 0; left--) {
            byte[] value = new byte[random.nextInt(random.nextInt(20) == 0 ? 2000 : 20)];
            random.nextBytes(value);
            builder.put(NAMES.get(random.nextInt(NAMES.size())), value);
        }
        return builder.build();
    }

    private EntryKey raw(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            Arrays.fill(bytes, (byte) 0xff);
        }
        return EntryKey.ofOwned(bytes);
    }

    private EntryKey longest() {
        byte[] bytes = new byte[EntryKey.MAX_BYTES];
        Arrays.fill(bytes, (byte) 'k');
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        return EntryKey.ofOwned(bytes);
    }
}
