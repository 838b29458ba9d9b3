package dev.holdfast.control.export;

import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.repository.ProcessIdentity;
import dev.holdfast.engine.repository.SnapshotId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a place's ledger says of one export of one snapshot.
 *
 * @param stack whose snapshot
 * @param export name of the export in the stack file
 * @param snapshotBegan when the snapshot was begun
 * @param state how far it came
 * @param begun when the export was begun
 * @param writer the process that writes, or wrote, its files; empty if that is not known
 * @param labels those of the snapshot
 * @param parts what was exported
 * @param files everything that was, or may have been, written
 */
public record LedgerEntry(
        ExportId id,
        String stack,
        String export,
        SnapshotId snapshot,
        Instant snapshotBegan,
        State state,
        Instant begun,
        Optional<ProcessIdentity> writer,
        Map<String, String> labels,
        List<PartSize> parts,
        List<Written> files) {
    /** How far an export came. */
    public enum State {
        /** Files are being written, or were when it was cut off. */
        BEGUN,
        /** Every file is there, with its length and digest. */
        WHOLE,
        /** Its files are being removed, or were when that was cut off. */
        LEAVING;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A part of the snapshot.
     *
     * @param entries how many entries it had
     * @param bytes sum of their contents' lengths
     */
    public record PartSize(String name, long entries, long bytes) {}

    /**
     * What makes a name of the ledger a folder with files of its own.
     *
     * @param list file of the ledger that has them, {@link TreeFile} by {@link TreeFile}
     * @param listBytes its length; 0 until the last byte of it is known
     * @param files how many they are; 0 until then
     * @param earliest when the first of them was written by the clock of the place; empty until all are there
     */
    public record Tree(FileName list, long listBytes, long files, Optional<Instant> earliest) {}

    /**
     * A file, or a folder of files.
     *
     * @param part which part it holds; empty if it tells of others
     * @param bytes its length, or that of all files of the folder; empty until the last byte is known
     * @param sha256 its digest in lower-case hex, or that of the folder's list; empty as long as {@code bytes} is
     * @param modified when it, or the last file of the folder, was written by the clock of the place; empty until it is there
     * @param replaceable whether the next snapshot's file may replace it
     * @param tree what is known of the folder; empty if it is a file
     */
    public record Written(
            FileName name,
            String part,
            OptionalLong bytes,
            String sha256,
            Optional<Instant> modified,
            boolean replaceable,
            Optional<Tree> tree) {
        /** One of which nothing is known but its name. */
        static Written planned(FileName name, String part, boolean replaceable) {
            return new Written(name, part, OptionalLong.empty(), "", Optional.empty(), replaceable, Optional.empty());
        }

        /** A folder of which nothing is known but its name. */
        static Written planned(FileName folder, String part, FileName list) {
            return planned(folder, part, false).with(new Tree(list, 0, 0, Optional.empty()));
        }

        Written with(Tree other) {
            return new Written(name, part, bytes, sha256, modified, replaceable, Optional.of(other));
        }

        Written finished(long length, String digest) {
            return new Written(name, part, OptionalLong.of(length), digest, Optional.empty(), replaceable, tree);
        }

        Written seen(Instant time) {
            return new Written(name, part, bytes, sha256, Optional.of(time), replaceable, tree);
        }
    }

    public LedgerEntry {
        labels = Map.copyOf(labels);
        parts = List.copyOf(parts);
        files = List.copyOf(files);
    }

    public boolean isWhole() {
        return state == State.WHOLE;
    }

    /** The files with the contents of parts, under their lasting names. */
    public List<Written> contents() {
        return files.stream()
                .filter(file -> !file.part().isEmpty() && !file.replaceable())
                .toList();
    }

    /** Sum of the lengths of all files, as far as they are known. */
    public long bytes() {
        return files.stream().mapToLong(file -> file.bytes().orElse(0)).sum();
    }

    /** How many files these are, those of folders too. */
    public long fileCount() {
        return files.stream()
                .mapToLong(file -> file.tree().map(Tree::files).orElse(1L))
                .sum();
    }

    boolean hasTrees() {
        return files.stream().anyMatch(file -> file.tree().isPresent());
    }

    LedgerEntry with(State other) {
        return new LedgerEntry(id, stack, export, snapshot, snapshotBegan, other, begun, writer, labels, parts, files);
    }

    LedgerEntry with(List<Written> others) {
        return new LedgerEntry(id, stack, export, snapshot, snapshotBegan, state, begun, writer, labels, parts, others);
    }
}
