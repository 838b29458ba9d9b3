package dev.holdfast.control.notify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** What the last snapshots of each stack had in their tables: so much in detail is in no list of snapshots. */
final class SizeTable {
    private static final int KEPT = 8;

    /** A fact with what is known here of earlier snapshots; it is noted for those that come later. */
    Fact.SizesSeen note(Handle handle, Fact.SizesSeen seen, Instant now) {
        List<List<Fact.PartSize>> known = handle.createQuery(
                        "SELECT sizes FROM notify_size WHERE stack = :stack AND snapshot <> :snapshot"
                                + " ORDER BY snapshot DESC LIMIT :most")
                .bind("stack", seen.stack())
                .bind("snapshot", seen.snapshot())
                .bind("most", KEPT - 1)
                .mapTo(String.class)
                .map(text -> List.of(Json.read(text, Fact.PartSize[].class)))
                .list();
        write(handle, seen, now);
        return new Fact.SizesSeen(seen.stack(), seen.snapshot(), seen.now(), joined(seen.before(), known), seen.at());
    }

    private static void write(Handle handle, Fact.SizesSeen seen, Instant now) {
        List<Fact.PartSize> items =
                seen.now().stream().filter(size -> !size.item().isEmpty()).toList();
        handle.createUpdate(
                        "INSERT INTO notify_size (stack, snapshot, at, sizes) VALUES (:stack, :snapshot, :at, :sizes)"
                                + " ON CONFLICT (stack, snapshot) DO NOTHING")
                .bind("stack", seen.stack())
                .bind("snapshot", seen.snapshot())
                .bind("at", now.toEpochMilli())
                .bind("sizes", Json.write(items))
                .execute();
        handle.createUpdate("DELETE FROM notify_size WHERE stack = :stack AND snapshot NOT IN"
                        + " (SELECT snapshot FROM notify_size WHERE stack = :stack ORDER BY snapshot DESC LIMIT :kept)")
                .bind("stack", seen.stack())
                .bind("kept", KEPT)
                .execute();
    }

    /** Both are of the last snapshots, the newest first. */
    private static List<List<Fact.PartSize>> joined(List<List<Fact.PartSize>> parts, List<List<Fact.PartSize>> items) {
        List<List<Fact.PartSize>> joined = new ArrayList<>();
        for (int i = 0; i < Math.max(parts.size(), items.size()); i++) {
            joined.add(Stream.concat(at(parts, i), at(items, i)).toList());
        }
        return joined;
    }

    private static Stream<Fact.PartSize> at(List<List<Fact.PartSize>> all, int i) {
        return i < all.size() ? all.get(i).stream() : Stream.empty();
    }

    /** Forgets stacks of which nothing was heard for long. */
    void tidy(Handle handle, Instant before) {
        handle.execute("DELETE FROM notify_size WHERE at < ?", before.toEpochMilli());
    }
}
