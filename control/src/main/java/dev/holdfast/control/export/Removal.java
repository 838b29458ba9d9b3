package dev.holdfast.control.export;

import dev.holdfast.control.export.LedgerEntry.State;
import dev.holdfast.control.export.LedgerEntry.Tree;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Finding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Removes exports from a place: only files that an entry of the ledger names, itself or in a tree's list, that are as it says, and that
 * no other entry names. For one thread.
 */
public final class Removal {
    private final FilePlace place;
    private final Ledger ledger;
    private final boolean certain;
    private final Map<FileName, Set<ExportId>> named = new HashMap<>();
    private final Map<ExportId, List<String>> trees = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private int files;

    /**
     * @param contents what the place's ledger says now
     */
    public Removal(FilePlace place, Ledger.Contents contents) {
        this.place = place;
        this.ledger = new Ledger(place);
        this.certain = contents.findings().isEmpty();
        contents.entries()
                .forEach(stored -> stored.entry()
                        .files()
                        .forEach(file -> named.computeIfAbsent(file.name(), _ -> new TreeSet<>())
                                .add(stored.entry().id())));
        contents.entries()
                .forEach(stored -> trees.put(
                        stored.entry().id(),
                        stored.entry().files().stream()
                                .filter(file -> file.tree().isPresent())
                                .map(file -> file.name() + "/")
                                .toList()));
    }

    /**
     * Removes exports, the oldest first. What cannot be removed is told and tried again the next time.
     *
     * @return how many are gone
     */
    public int remove(Collection<LedgerEntry> entries) {
        int removed = 0;
        for (LedgerEntry entry : entries.stream()
                .sorted((one, other) -> one.id().compareTo(other.id()))
                .toList()) {
            try {
                remove(entry);
                removed++;
            } catch (HoldfastException e) {
                findings.add(new Finding(
                        place.location(Ledger.name(entry)),
                        "the export of snapshot " + entry.snapshot() + " could not be removed: " + e.getMessage()));
            }
        }
        return removed;
    }

    /** How many files were removed. */
    public int files() {
        return files;
    }

    /** What somebody should know. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** From the first file on it is whole no more, even if this is cut off. */
    private void remove(LedgerEntry entry) {
        if (entry.state() == State.WHOLE) {
            ledger.write(entry.with(State.LEAVING));
        }
        entry.files()
                .forEach(file -> file.tree().ifPresentOrElse(tree -> remove(entry, file, tree), () -> {
                    if (place.find(file.name())
                            .filter(found -> !removed(entry, file, found))
                            .isPresent()) {
                        findings.add(new Finding(
                                place.location(file.name()),
                                "is not as it was written for snapshot " + entry.snapshot() + "; it was left there"));
                    }
                }));
        ledger.remove(entry);
        named.values().forEach(ids -> ids.remove(entry.id()));
        trees.remove(entry.id());
    }

    /** The list goes last, so that a removal that was cut off goes on. */
    private void remove(LedgerEntry entry, Written folder, Tree tree) {
        if (folder.bytes().isEmpty()) {
            // not even its list was begun to be seen
            return;
        }
        KeptTree kept = new KeptTree(place, folder);
        try {
            // what is not as it was written names nothing
            kept.read(_ -> {});
        } catch (Missing | Damaged e) {
            leave(kept, folder);
            return;
        }
        List<FileName> others = new ArrayList<>();
        long[] count = {0};
        Predicate<PlacedFile> own = kept.own();
        kept.read(file -> place.find(kept.name(file))
                .filter(found -> !own.test(found) || !removed(entry, kept.written(file, found), found))
                .ifPresent(found -> {
                    count[0]++;
                    if (others.isEmpty()) {
                        others.add(found.name());
                    }
                }));
        others.forEach(first -> findings.add(new Finding(
                place.location(folder.name()),
                "has files that are not as they were written for snapshot " + entry.snapshot()
                        + "; they were left there: " + count[0] + ", the first is '" + first + "'")));
        place.delete(tree.list());
        place.tidy(folder.name());
    }

    private void leave(KeptTree kept, Written folder) {
        long found = kept.found();
        if (found > 0) {
            findings.add(new Finding(
                    place.location(folder.name()),
                    "the list of its files is gone or was changed; " + found + " files in it were left there"));
        }
    }

    /** False if it is not as it was written, and was left. */
    private boolean removed(LedgerEntry entry, Written file, PlacedFile found) {
        if (isNamedByOthers(entry, file)) {
            return true;
        }
        if (!Fingerprint.matches(place, file, found)) {
            return false;
        }
        place.delete(file.name());
        if (place.find(file.name()).isPresent()) {
            throw new Failed(
                    ErrorCode.STORE_UNSUITABLE,
                    "'" + place.location(file.name()) + "' is still there after it was removed",
                    "look whether the place keeps what it is told to remove.");
        }
        files++;
        return true;
    }

    /** An entry that cannot be read may name what is replaced from time to time. */
    private boolean isNamedByOthers(LedgerEntry entry, Written file) {
        return (!certain && file.replaceable())
                || named.getOrDefault(file.name(), Set.of()).stream().anyMatch(id -> !id.equals(entry.id()))
                || trees.entrySet().stream()
                        .filter(tree -> !tree.getKey().equals(entry.id()))
                        .flatMap(tree -> tree.getValue().stream())
                        .anyMatch(file.name().text()::startsWith);
    }
}
