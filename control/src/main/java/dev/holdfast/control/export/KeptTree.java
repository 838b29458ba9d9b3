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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A tree in a place: the folder that the ledger names, and the list beside the ledger that names each of its files. The list is read as a
 * stream; no more than some bytes of each file are in memory. For one thread.
 */
public final class KeptTree {
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
        long files = 0;
        try (InputStream in = place.open(tree.list());
                DigestInputStream digested = new DigestInputStream(in, Checksum.SHA256.newDigest());
                BufferedReader lines = new BufferedReader(new InputStreamReader(digested, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                consumer.accept(parsed(line));
                files++;
            }
            String digest = HexFormat.of().formatHex(digested.getMessageDigest().digest());
            if (files != tree.files() || !digest.equals(folder.sha256())) {
                throw damaged(null);
            }
        } catch (IOException e) {
            throw new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE, "cannot read '" + place.location(tree.list()) + "'", "", e);
        }
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
     * What is known of one of its files. One that was written while the tree was is taken to be untouched; any other has to be read to
     * tell.
     */
    Written written(TreeFile file, PlacedFile found) {
        boolean during =
                tree.earliest().map(time -> !found.modified().isBefore(time)).orElse(false)
                        && folder.modified()
                                .map(time -> !found.modified().isAfter(time))
                                .orElse(false);
        return new Written(
                found.name(),
                folder.part(),
                OptionalLong.of(file.bytes()),
                file.sha256(),
                during ? Optional.of(found.modified()) : Optional.empty(),
                false,
                Optional.empty());
    }
}
