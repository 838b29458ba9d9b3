package dev.holdfast.connectors.postgres;

import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the table of contents of somebody's archive says, and what was met of it. For one thread. */
final class ArchiveListing {
    private static final Pattern QUOTED = Pattern.compile("'([^']*)'");

    private final ArchiveInput.Origin origin;
    private final Set<String> roles = new TreeSet<>();
    private final Set<String> extensions = new TreeSet<>();
    private final List<DumpedTable> counted = new ArrayList<>();
    private final Map<Integer, Data> expected = new HashMap<>();
    private int blocks;
    private long bytes;

    /**
     * Data that have to be there.
     *
     * @param copied whether they are {@code COPY} text
     * @param largeObjects whether they are large objects
     */
    record Data(
            int id,
            String schema,
            String name,
            boolean copied,
            boolean largeObjects,
            ArchiveEntry.Place place,
            String file) {
        /** For people. */
        String shown() {
            return largeObjects ? "large objects" : new DumpedTable(schema, name, 0).shown();
        }
    }

    private ArchiveListing(ArchiveInput.Origin origin) {
        this.origin = origin;
    }

    /** Reads all of it; the next byte is then that of the first block of data, if there is one. */
    static ArchiveListing of(ArchiveInput input) throws IOException {
        input.skipTime();
        ArchiveListing listing = new ArchiveListing(input.originTexts());
        int count = input.count();
        for (int i = 0; i < count; i++) {
            ArchiveEntry entry = input.entry();
            if (entry.type().equals("ENCODING")) {
                encoding(entry.definition()).ifPresent(input::decode);
            }
            listing.take(entry);
        }
        return listing;
    }

    private static Optional<Charset> encoding(String definition) {
        Matcher quoted = QUOTED.matcher(definition);
        try {
            return quoted.find() ? Optional.of(ArchiveInput.charset(quoted.group(1))) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // names stay as UTF-8; only who reads them sees it
        }
    }

    private void take(ArchiveEntry entry) {
        if (!entry.owner().isEmpty()) {
            roles.add(entry.owner());
        }
        switch (entry.type()) {
            case "EXTENSION" -> extensions.add(entry.name());
            case "ACL", "DEFAULT ACL", "POLICY" -> roles.addAll(ScriptReading.rolesOf(entry.definition()));
            default -> {
                // names no further role
            }
        }
        if (entry.place().state() != ArchiveFormat.NO_DATA || !entry.file().isEmpty()) {
            expected.put(
                    entry.id(),
                    new Data(
                            entry.id(),
                            entry.schema(),
                            entry.name(),
                            !entry.copy().isEmpty(),
                            entry.type().equals("BLOBS"),
                            entry.place(),
                            entry.file()));
        }
    }

    /** What of the data was not met yet. */
    Map<Integer, Data> expected() {
        return expected;
    }

    /**
     * Data were met.
     *
     * @param rows how many; less than zero where they are not rows
     * @param length in bytes, once unpacked
     */
    void met(Data data, long rows, long length) {
        bytes += length;
        expected.remove(data.id());
        blocks++;
        if (rows >= 0) {
            counted.add(new DumpedTable(data.schema(), data.name(), rows));
        }
    }

    DumpContents contents() {
        return new DumpContents(
                origin.database(), origin.server(), origin.tool(), counted, blocks, bytes, roles, extensions, false);
    }
}
