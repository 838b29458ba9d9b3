package dev.holdfast.control.leaving;

import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.NameTemplate;
import dev.holdfast.control.leaving.LeftFile.State;
import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.ExportFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The place where everything goes: its names, and the records in it. For one thread. */
final class LeavingFolder {
    static final FileName INDEX = new FileName("index.json");
    static final FileName PAGE = new FileName("index.html");
    static final FileName SUMS = new FileName("SHA256SUMS");

    /** By this an index says whose it is. */
    static final String MARK = "holdfast-leaving";

    private static final String RECORD = "/snapshot.json";
    private static final int MOST_RECORD_BYTES = 64 << 20;
    private static final int MARK_WITHIN_BYTES = 200;
    private static final int BUFFER = 1 << 16;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss'Z'").withZone(ZoneOffset.UTC);

    private final FilePlace place;

    LeavingFolder(FilePlace place) {
        this.place = place;
    }

    FilePlace place() {
        return place;
    }

    /**
     * Makes the folder where it does not exist yet.
     *
     * @throws AlreadyExists if it holds an index that is somebody else's
     */
    void prepare() {
        place.prepare();
        if (isOurs()) {
            return;
        }
        for (FileName name : List.of(INDEX, PAGE, SUMS)) {
            if (place.find(name).isPresent()) {
                throw new AlreadyExists(
                        ErrorCode.STORE_OBJECT_EXISTS,
                        "'" + place.location(name) + "' is there already, and not of an export of everything",
                        "name an empty folder with --output.");
            }
        }
    }

    private boolean isOurs() {
        if (place.find(INDEX).isEmpty()) {
            return false;
        }
        try (InputStream in = place.open(INDEX)) {
            return new String(in.readNBytes(MARK_WITHIN_BYTES), StandardCharsets.UTF_8).contains('"' + MARK + '"');
        } catch (IOException e) {
            throw unreadable(INDEX, e);
        }
    }

    /** The names of all records that are there, the newest of each stack first. */
    Set<FileName> records() {
        Set<FileName> names = new TreeSet<>(Comparator.reverseOrder());
        place.list("", file -> {
            if (file.name().text().endsWith(RECORD)) {
                names.add(file.name());
            }
        });
        return names;
    }

    static FileName record(Snapshot snapshot) {
        return new FileName(folder(snapshot) + RECORD);
    }

    private static String folder(Snapshot snapshot) {
        return NameTemplate.encoded(snapshot.stack()) + "/" + TIME.format(snapshot.began()) + "_" + snapshot.id();
    }

    static FileName data(Snapshot snapshot, Part part, String ending) {
        return new FileName(folder(snapshot) + "/" + NameTemplate.encoded(part.name()) + "." + ending);
    }

    static FileName roles(Snapshot snapshot, Part part) {
        return new FileName(folder(snapshot) + "/roles/" + NameTemplate.encoded(part.name()) + ".sql");
    }

    /** Empty if there is none, or something else lies there. */
    Optional<LeftSnapshot> read(FileName record) {
        Optional<PlacedFile> found = place.find(record);
        if (found.isEmpty() || found.get().bytes() > MOST_RECORD_BYTES) {
            return Optional.empty();
        }
        return LeftSnapshotJson.read(bytes(record))
                .filter(left -> record(left.snapshot()).equals(record));
    }

    byte[] bytes(FileName name) {
        try (InputStream in = place.open(name)) {
            return in.readNBytes(MOST_RECORD_BYTES);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    void writeIfChanged(LeftSnapshot left) {
        FileName name = record(left.snapshot());
        if (place.find(name).isEmpty() || !Arrays.equals(bytes(name), LeftSnapshotJson.write(left))) {
            write(left);
        }
    }

    /** What lies there and is no record is not replaced. */
    void write(LeftSnapshot left) {
        FileName name = record(left.snapshot());
        boolean replace = read(name).isPresent();
        byte[] bytes = LeftSnapshotJson.write(left);
        try (ExportFile file = place.create(name, FileFacts.of("application/json"), replace)) {
            file.preflight();
            file.write(bytes, 0, bytes.length);
            file.commit();
        }
    }

    /** Whether a file is there as it was written: one that was touched since, or of which that is not known, is read. */
    boolean holds(LeftFile file) {
        return file.state() instanceof State.Whole whole && holds(file.name(), whole);
    }

    private boolean holds(FileName name, State.Whole whole) {
        Optional<PlacedFile> found = place.find(name);
        if (found.isEmpty() || found.get().bytes() != whole.bytes()) {
            return false;
        }
        boolean untouched = whole.modified()
                .map(time -> time.equals(found.get().modified()))
                .orElse(false);
        return untouched || digest(name).equals(whole.sha256());
    }

    /** Whether a file of this length is there. */
    boolean seems(LeftFile file) {
        return file.state() instanceof State.Whole whole
                && place.find(file.name())
                        .map(found -> found.bytes() == whole.bytes())
                        .orElse(false);
    }

    Optional<Instant> modified(FileName name) {
        return place.find(name).map(PlacedFile::modified);
    }

    private String digest(FileName name) {
        try (InputStream in = place.open(name);
                DigestInputStream digested = new DigestInputStream(in, Checksum.SHA256.newDigest())) {
            byte[] buffer = new byte[BUFFER];
            while (digested.read(buffer) >= 0) {
                // on to the end
            }
            return HexFormat.of().formatHex(digested.getMessageDigest().digest());
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private Unavailable unreadable(FileName name, IOException cause) {
        return new Unavailable(ErrorCode.STORE_UNAVAILABLE, "cannot read '" + place.location(name) + "'", "", cause);
    }
}
