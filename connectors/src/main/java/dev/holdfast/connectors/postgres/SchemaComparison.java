package dev.holdfast.connectors.postgres;

import dev.holdfast.connectors.postgres.ArchiveToc.Item;
import dev.holdfast.engine.source.Comparer.DifferenceListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Compares two schema archives entry by entry. Definitions are compared as text; where only the writing of casts and
 * parentheses differs they count as equal, because a server writes some expressions differently after it read them once.
 */
final class SchemaComparison {
    /** Said elsewhere, or different for every archive. */
    private static final Set<String> NOT_SCHEMA =
            Set.of("DATABASE", "DATABASE PROPERTIES", "ENCODING", "STDSTRINGS", "SEARCHPATH");

    private static final Pattern CAST = Pattern.compile("::(\"[^\"]+\"|[a-z_][a-z0-9_.]*)( varying| precision"
            + "| without time zone| with time zone)?(\\([0-9, ]+\\))?(\\[\\])*");
    private static final Pattern WRITING = Pattern.compile("[()\\s]+");
    private static final int SHOWN = 160;

    private final DifferenceListener differences;
    private final Map<String, List<Item>> captured = new HashMap<>();
    private final RowDigest capturedBlobs = new RowDigest();
    private final RowDigest liveBlobs = new RowDigest();
    private long compared;

    SchemaComparison(DifferenceListener differences) {
        this.differences = differences;
    }

    /** Compares and returns how many entries were. */
    long compare(Path capturedArchive, String capturedEncoding, Path liveArchive, String liveEncoding)
            throws IOException {
        ArchiveToc.read(capturedArchive, capturedEncoding, item -> {
            if (isLargeObject(item)) {
                digest(capturedBlobs, item);
            } else if (isCompared(item)) {
                captured.computeIfAbsent(key(item), k -> new ArrayList<>(1)).add(item);
            }
        });
        ArchiveToc.read(liveArchive, liveEncoding, item -> {
            if (isLargeObject(item)) {
                digest(liveBlobs, item);
            } else if (isCompared(item)) {
                compareLive(item);
            }
        });
        captured.values().forEach(rest -> rest.forEach(item -> differs(item, "is in the snapshot, not live")));
        if (!capturedBlobs.hash().equals(liveBlobs.hash())) {
            differences.differs(
                    "large objects",
                    "owners, rights or comments differ: snapshot has " + capturedBlobs.rows()
                            + " definitions, live has " + liveBlobs.rows());
        }
        return compared + capturedBlobs.rows();
    }

    private static boolean isCompared(Item item) {
        return !NOT_SCHEMA.contains(item.type()) && !item.name().startsWith("DATABASE ");
    }

    /** There may be millions, so only their sum is kept. */
    private static boolean isLargeObject(Item item) {
        return item.type().startsWith("BLOB") || item.name().startsWith("LARGE OBJECT");
    }

    private static void digest(RowDigest digest, Item item) {
        byte[] bytes = (item.type() + '\n' + item.name() + '\n' + item.owner() + '\n' + sortedLines(item.definition()))
                .getBytes(StandardCharsets.UTF_8);
        digest.row(bytes, 0, bytes.length);
    }

    private void compareLive(Item live) {
        List<Item> same = captured.getOrDefault(key(live), Collections.emptyList());
        if (same.isEmpty()) {
            differs(live, "is live, not in the snapshot");
            return;
        }
        compared++;
        Item twin = same.stream()
                .filter(item -> item.definition().equals(live.definition()))
                .findFirst()
                .orElse(same.getFirst());
        same.remove(twin);
        if (!twin.owner().equals(live.owner())) {
            differs(live, "snapshot has owner '" + twin.owner() + "', live has '" + live.owner() + "'");
        }
        if (!twin.tablespace().equals(live.tablespace())) {
            differs(live, "snapshot has tablespace '" + twin.tablespace() + "', live has '" + live.tablespace() + "'");
        }
        if (!means(twin.definition()).equals(means(live.definition()))) {
            differs(live, firstDifference(twin.definition(), live.definition()));
        }
    }

    private static String key(Item item) {
        return item.type() + '\n' + item.schema() + '\n' + item.name();
    }

    private void differs(Item item, String what) {
        differences.differs(
                "schema " + item.type() + " " + (item.schema().isEmpty() ? "" : Sql.shortName(item.schema()) + ".")
                        + item.name(),
                what);
    }

    /** What a definition means, whatever the order of grants and the writing of expressions. */
    static String means(String definition) {
        return WRITING.matcher(CAST.matcher(sortedLines(definition)).replaceAll(""))
                .replaceAll("");
    }

    private static String sortedLines(String definition) {
        return definition.startsWith("GRANT ") || definition.startsWith("REVOKE ")
                ? String.join("\n", definition.lines().sorted().toList())
                : definition;
    }

    private static String firstDifference(String captured, String live) {
        List<String> left = captured.lines().toList();
        List<String> right = live.lines().toList();
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            String ours = i < left.size() ? left.get(i).strip() : "nothing";
            String theirs = i < right.size() ? right.get(i).strip() : "nothing";
            if (!means(ours).equals(means(theirs))) {
                return "snapshot has '" + cut(ours) + "', live has '" + cut(theirs) + "'";
            }
        }
        return "is defined differently";
    }

    private static String cut(String line) {
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
    }
}
