package dev.holdfast.control.leaving;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.leaving.LeftFile.State;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.source.ExportFile;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes what is in a folder of everything, a record at a time: for programs, for people, and for {@code sha256sum -c}. What a record
 * names and is not there is told as missing. For one thread.
 */
final class LeavingIndex {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final LeavingFolder folder;
    private LeavingTotals totals = LeavingTotals.NONE;

    LeavingIndex(LeavingFolder folder) {
        this.folder = folder;
    }

    /**
     * @param repository where the snapshots came from, for people
     */
    LeavingTotals write(String repository, Instant now) {
        try (ExportFile json = begun(LeavingFolder.INDEX, "application/json");
                ExportFile page = begun(LeavingFolder.PAGE, "text/html; charset=utf-8");
                ExportFile sums = begun(LeavingFolder.SUMS, "text/plain; charset=utf-8")) {
            write(
                    json,
                    "{\n\"format\": \"" + LeavingFolder.MARK + "\",\n\"version\": 1,\n\"repository\": "
                            + MAPPER.writeValueAsString(repository) + ",\n\"written\": \"" + now
                            + "\",\n\"snapshots\": [");
            write(page, IndexPage.head(repository, now));
            String between = "\n";
            for (FileName name : folder.records()) {
                Optional<LeftSnapshot> left = folder.read(name).map(this::looked);
                if (left.isPresent()) {
                    ObjectNode fields = MAPPER.createObjectNode();
                    LeftSnapshotJson.write(fields, left.get());
                    write(
                            json,
                            between + MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(fields));
                    write(page, IndexPage.snapshot(left.get(), name));
                    sums(sums, left.get(), name);
                    between = ",\n";
                }
            }
            write(
                    json,
                    "\n],\n\"totals\": {\"snapshots\": " + totals.snapshots() + ", \"files\": " + totals.files()
                            + ", \"bytes\": " + totals.bytes() + ", \"missing\": " + totals.missing() + "}\n}\n");
            write(page, IndexPage.end(totals));
            // the first says whose the others are
            json.commit();
            page.commit();
            sums.commit();
        }
        return totals;
    }

    private ExportFile begun(FileName name, String contentType) {
        ExportFile file = folder.place().create(name, FileFacts.of(contentType), true);
        file.preflight();
        return file;
    }

    private static void write(ExportFile file, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        file.write(bytes, 0, bytes.length);
    }

    /** As it stands in the folder now, counted. */
    private LeftSnapshot looked(LeftSnapshot left) {
        totals = totals.plusSnapshot();
        return new LeftSnapshot(
                left.snapshot(),
                left.pinned(),
                left.files().stream().map(this::looked).toList());
    }

    private LeftFile looked(LeftFile file) {
        if (file.state() instanceof State.Whole whole) {
            if (folder.seems(file)) {
                totals = totals.plusFile(whole.bytes());
                return file;
            }
            totals = totals.plusMissing();
            return file.with(new State.Missing(
                    "it is not there, or has not " + whole.bytes() + " bytes", "run the export of everything again."));
        }
        totals = totals.plusMissing();
        return file;
    }

    private void sums(ExportFile sums, LeftSnapshot left, FileName record) {
        left.files().forEach(file -> {
            if (file.state() instanceof State.Whole whole) {
                write(sums, whole.sha256() + "  " + file.name() + "\n");
            }
        });
        write(
                sums,
                HexFormat.of().formatHex(Checksum.SHA256.newDigest().digest(folder.bytes(record))) + "  " + record
                        + "\n");
    }
}
