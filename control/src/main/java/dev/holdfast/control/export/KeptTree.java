package dev.holdfast.control.export;

import dev.holdfast.control.export.LedgerEntry.Tree;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A tree in a place: the folder that the ledger names, and the list beside the ledger that names each of its files. The list is read as a
 * stream; no more than some bytes of each file are in memory. For one thread.
 */
public final class KeptTree {
    /** How far apart the clocks of the machines of one place may be. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    /** A name has 900 bytes, and JSON writes one as six characters at most. */
    private static final int LONGEST_LINE = 1 << 14;

    private final FilePlace place;
    private final Written folder;
    private final Tree tree;

    /**
     * @param folder what the ledger says of it
     * @throws IllegalArgumentException if that is no tree whose files are known
     */
    public KeptTree(FilePlace place, Written folder) {
        this.place = place;
        this.folder = folder;
        this.tree = folder.tree()
                .filter(_ -> folder.bytes().isPresent())
                .orElseThrow(() -> new IllegalArgumentException(folder.name() + " has no list of files"));
    }

    /**
     * What one listing tells.
     *
     * @param missing how many files are not there with their length
     * @param earliest when the first of those that are was written, and {@code latest} the last; by the clock of the place
     */
    record Look(int missing, Optional<Instant> earliest, Optional<Instant> latest) {}

    /** Collects when files were written. */
    private static final class Span {
        private @Nullable Instant earliest;
        private @Nullable Instant latest;

        void add(Instant time) {
            earliest = earliest == null || time.isBefore(earliest) ? time : earliest;
            latest = latest == null || time.isAfter(latest) ? time : latest;
        }
    }

    /** Where a file of it is. */
    public FileName name(TreeFile file) {
        return new FileName(folder.name() + "/" + file.name());
    }

    /**
     * Reads the list; the consumer hears of each file before it is known whether the whole list is as it was written.
     *
     * @throws Missing if there is none
     * @throws Damaged if it is not as the ledger says
     */
    public void read(Consumer<TreeFile> consumer) {
        lines(line -> consumer.accept(parsed(line)));
    }

    private void lines(Consumer<String> consumer) {
        try (InputStream in = place.open(tree.list());
                DigestInputStream digested = new DigestInputStream(in, Checksum.SHA256.newDigest());
                Reader text = new InputStreamReader(digested, StandardCharsets.UTF_8)) {
            long lines = lines(text, consumer);
            String digest = HexFormat.of().formatHex(digested.getMessageDigest().digest());
            if (lines != tree.files() || !digest.equals(folder.sha256())) {
                throw damaged(null);
            }
        } catch (IOException e) {
            throw new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE, "cannot read '" + place.location(tree.list()) + "'", "", e);
        }
    }

    /** How many lines there are. One that is longer than that of any file is not kept in memory to its end. */
    private long lines(Reader text, Consumer<String> consumer) throws IOException {
        long lines = 0;
        StringBuilder line = new StringBuilder();
        char[] buffer = new char[LONGEST_LINE];
        for (int count = text.read(buffer); count >= 0; count = text.read(buffer)) {
            int from = 0;
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    consumer.accept(line.append(buffer, from, i - from).toString());
                    lines++;
                    line.setLength(0);
                    from = i + 1;
                }
            }
            line.append(buffer, from, count - from);
            if (line.length() > LONGEST_LINE) {
                throw damaged(null);
            }
        }
        if (!line.isEmpty()) {
            throw damaged(null);
        }
        return lines;
    }

    /**
     * Some of its files, in the order of the list, which is read to its end: what is not as it was written names nothing.
     *
     * @param after how many come before
     * @param count how many at most
     * @throws Missing if there is no list
     * @throws Damaged if it is not as the ledger says
     */
    public List<Written> files(long after, int count) {
        List<String> some = new ArrayList<>();
        long[] line = {0};
        lines(text -> {
            if (line[0]++ >= after && some.size() < count) {
                some.add(text);
            }
        });
        return some.stream().map(this::parsed).map(this::written).toList();
    }

    /** The file of that name, if the list has it; the list is read to its end, as by {@link #files}. */
    Optional<Written> find(FileName name) {
        List<Written> found = new ArrayList<>();
        read(file -> {
            if (name(file).equals(name)) {
                found.add(written(file));
            }
        });
        return found.stream().findFirst();
    }

    /** What the list says of a file. */
    private Written written(TreeFile file) {
        return Written.planned(name(file), folder.part(), false).finished(file.bytes(), file.sha256());
    }

    private TreeFile parsed(String line) {
        try {
            return TreeFile.of(line);
        } catch (JacksonException | Invalid e) {
            throw damaged(e);
        }
    }

    private Damaged damaged(@Nullable Throwable cause) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + place.location(tree.list()) + "', the list of the files of '" + folder.name()
                        + "', is not as it was written",
                "look at what changes files there; the snapshot can be exported again under another name.",
                cause);
    }

    /** Whether every file is there with its length, as far as one listing tells. */
    boolean isWhole() {
        try {
            return look().missing() == 0;
        } catch (Missing | Damaged e) {
            return false;
        }
    }

    /** Files that are not of the list are passed over. */
    Look look() {
        KeySet expected = new KeySet();
        read(file -> expected.add(TreeFile.placeKey(file.name(), file.bytes())));
        Span span = new Span();
        list(found -> {
            if (expected.mark(TreeFile.placeKey(relative(found), found.bytes()))) {
                span.add(found.modified());
            }
        });
        return new Look(expected.unseen(), Optional.ofNullable(span.earliest), Optional.ofNullable(span.latest));
    }

    private void list(Consumer<PlacedFile> consumer) {
        place.list(folder.name() + "/", consumer);
    }

    private String relative(PlacedFile found) {
        return found.name().text().substring(folder.name().text().length() + 1);
    }

    /** How many files are in the folder, whoever wrote them. */
    long found() {
        long[] count = {0};
        list(_ -> count[0]++);
        return count[0];
    }

    /**
     * What the ledger says once all files are there.
     *
     * @throws dev.holdfast.engine.error.Failed if they are not
     */
    Written seen() {
        Look look = look();
        if (look.missing() > 0 || look.earliest().isEmpty() || look.latest().isEmpty()) {
            throw Delivery.notAsWritten(
                    place.location(folder.name()),
                    folder.bytes().orElse(0),
                    "lacks " + look.missing() + " of its " + tree.files() + " files");
        }
        // a look at one file may tell whole seconds where a listing tells more
        Instant earliest = look.earliest().get().truncatedTo(ChronoUnit.SECONDS);
        return folder.seen(look.latest().get())
                .with(new Tree(tree.list(), tree.listBytes(), tree.files(), Optional.of(earliest)));
    }

    /**
     * Whether a file of the tree may be of this export. Before the list was there, none was written; one that is older lay there before,
     * even if it is equal. Once the tree was whole, all are.
     */
    Predicate<PlacedFile> own() {
        if (tree.earliest().isPresent()) {
            return _ -> true;
        }
        Instant begun = place.find(tree.list())
                .map(PlacedFile::modified)
                .orElse(Instant.MAX)
                .minus(SKEW);
        return found -> !found.modified().isBefore(begun);
    }

    /**
     * What is known of one of its files. One that was written while the tree was is taken to be untouched; any other has to be read to
     * tell.
     */
    Written written(TreeFile file, PlacedFile found) {
        boolean during =
                tree.earliest().map(time -> !found.modified().isBefore(time)).orElse(false)
                        && folder.modified()
                                .map(time -> !found.modified().isAfter(time))
                                .orElse(false);
        return during ? written(file).seen(found.modified()) : written(file);
    }
}
