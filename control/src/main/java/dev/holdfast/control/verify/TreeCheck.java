package dev.holdfast.control.verify;

import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.KeptTree;
import dev.holdfast.control.export.LedgerEntry;
import dev.holdfast.control.export.TreeFile;
import dev.holdfast.control.verify.FileVerdict.State;
import dev.holdfast.engine.error.Cancelled;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies a tree: that each file of its list is there, with its length and digest. For one thread. */
public final class TreeCheck {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final FilePlace place;
    private final LedgerEntry.Written folder;
    private final Instant now;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private long files;
    private long bad;
    private @Nullable HoldfastException first;

    /**
     * @param folder what the ledger says of it
     */
    public TreeCheck(FilePlace place, LedgerEntry.Written folder, Instant now) {
        this.place = place;
        this.folder = folder;
        this.now = now;
    }

    /**
     * One for the whole tree.
     *
     * @throws Cancelled if somebody asked for it
     */
    public FileVerdict verdict(FileCheck.Depth depth, Progress progress) {
        boolean read = depth != FileCheck.Depth.QUICK;
        try {
            progress.expect(
                    folder.tree().map(LedgerEntry.Tree::files).orElse(0L),
                    read ? folder.bytes().orElse(0) : 0);
            KeptTree tree = new KeptTree(place, folder);
            tree.read(file -> {
                check(tree.name(file), file, read, progress);
                files++;
                progress.advance(1, 0);
            });
        } catch (Cancelled e) {
            throw e;
        } catch (HoldfastException e) {
            found(e);
        }
        return verdict(read);
    }

    private FileVerdict verdict(boolean read) {
        HoldfastException failure = first;
        return new FileVerdict(
                folder.name().text(),
                folder.bytes().orElse(0),
                folder.modified().map(modified -> Duration.between(modified, now)),
                failure == null ? State.WHOLE : State.BAD,
                Optional.ofNullable(failure),
                Optional.empty(),
                Optional.empty(),
                failure == null
                        ? List.of((read ? "length and SHA-256 of " : "length of ") + files + " files")
                        : List.of(),
                bad > 1 ? List.of((bad - 1) + " more of its files are not as they were written") : List.of());
    }

    private void check(FileName name, TreeFile file, boolean read, Progress progress) {
        try {
            Optional<PlacedFile> found = place.find(name);
            if (found.isEmpty()) {
                throw damaged(name, "is not there");
            }
            if (found.get().bytes() != file.bytes()) {
                throw damaged(name, "has " + found.get().bytes() + " bytes, and the ledger says " + file.bytes());
            }
            if (read && !sha256(name, progress).equals(file.sha256())) {
                throw damaged(name, "has another SHA-256 than the ledger says");
            }
        } catch (Cancelled e) {
            throw e;
        } catch (HoldfastException e) {
            found(e);
        }
    }

    private void found(HoldfastException failure) {
        bad++;
        first = first == null ? failure : first;
    }

    private Damaged damaged(FileName name, String what) {
        return new Damaged(
                ErrorCode.DAMAGED,
                "'" + place.location(name) + "' " + what,
                "take it from another place, or from the snapshot.");
    }

    private String sha256(FileName name, Progress progress) {
        MessageDigest digest = Checksum.SHA256.newDigest();
        try (InputStream in = place.open(name)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                progress.advance(0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw FileFailures.unreadable(place, name, e);
        }
    }
}
