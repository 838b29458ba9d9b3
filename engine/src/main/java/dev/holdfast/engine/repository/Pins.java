package dev.holdfast.engine.repository;

import dev.holdfast.engine.format.FileKind;
import dev.holdfast.engine.store.StoreKey;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which snapshots somebody holds on to. Nothing is ever changed in a repository, so a pin is a row of files {@code
 * pin/<session>.<number>}: the one with the greatest number counts, an odd number pins and an even one releases.
 *
 * @param numbers the greatest number of each snapshot that has one
 */
record Pins(SortedMap<SnapshotId, Long> numbers) {
    static final String FOLDER = FileKind.PIN.folder();

    private static final int ID_LENGTH = 26;
    private static final String NUMBER = "[.][0-9]{10}";

    Pins {
        numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    }

    /** What the names of files say; other names in the folder mean nothing. */
    static Pins of(Collection<StoreKey> keys) {
        SortedMap<SnapshotId, Long> numbers = new TreeMap<>();
        for (StoreKey key : keys) {
            String name = key.name().substring(FOLDER.length());
            if (name.length() > ID_LENGTH
                    && SnapshotId.isValid(name.substring(0, ID_LENGTH))
                    && name.substring(ID_LENGTH).matches(NUMBER)) {
                SnapshotId snapshot = new SnapshotId(name.substring(0, ID_LENGTH));
                numbers.merge(snapshot, Long.valueOf(name.substring(ID_LENGTH + 1)), Math::max);
            }
        }
        return new Pins(numbers);
    }

    Set<SnapshotId> pinned() {
        return numbers.keySet().stream().filter(this::isPinned).collect(Collectors.toSet());
    }

    boolean isPinned(SnapshotId snapshot) {
        return numbers.getOrDefault(snapshot, 0L) % 2 == 1;
    }

    /** The file that says the opposite of what is said now. */
    StoreKey next(SnapshotId snapshot) {
        return key(snapshot, numbers.getOrDefault(snapshot, 0L) + 1);
    }

    /** The files that count. */
    Set<StoreKey> keys() {
        return numbers.entrySet().stream()
                .map(e -> key(e.getKey(), e.getValue()))
                .collect(Collectors.toSet());
    }

    /** Whether a later file of the same snapshot counts. */
    boolean isOutdated(StoreKey key) {
        return of(List.of(key)).numbers.entrySet().stream()
                .anyMatch(e -> e.getValue() < numbers.getOrDefault(e.getKey(), 0L));
    }

    static boolean isOf(StoreKey key, SnapshotId snapshot) {
        return key.name().startsWith(FOLDER + snapshot.text() + ".");
    }

    private static StoreKey key(SnapshotId snapshot, long number) {
        return new StoreKey(String.format("%s%s.%010d", FOLDER, snapshot.text(), number));
    }
}
