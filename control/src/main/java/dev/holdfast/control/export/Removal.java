package dev.holdfast.control.export;

import dev.holdfast.control.export.LedgerEntry.State;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Failed;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.Finding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Removes exports from a place: only files that an entry of the ledger names, that are as it says, and that no other entry names. For one
 * thread.
 */
public final class Removal {
    private final FilePlace place;
    private final Ledger ledger;
    private final boolean certain;
    private final Map<FileName, Set<ExportId>> named = new HashMap<>();
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
        entry.files().forEach(file -> remove(entry, file));
        ledger.remove(entry);
        named.values().forEach(ids -> ids.remove(entry.id()));
    }

    private void remove(LedgerEntry entry, Written file) {
        Optional<PlacedFile> found = place.find(file.name());
        if (found.isEmpty() || isNamedByOthers(entry, file)) {
            return;
        }
        if (!Fingerprint.matches(place, file, found.get())) {
            findings.add(new Finding(
                    place.location(file.name()),
                    "is not as it was written for snapshot " + entry.snapshot() + "; it was left there"));
            return;
        }
        place.delete(file.name());
        if (place.find(file.name()).isPresent()) {
            throw new Failed(
                    ErrorCode.STORE_UNSUITABLE,
                    "'" + place.location(file.name()) + "' is still there after it was removed",
                    "look whether the place keeps what it is told to remove.");
        }
        files++;
    }

    /** An entry that cannot be read may name what is replaced from time to time. */
    private boolean isNamedByOthers(LedgerEntry entry, Written file) {
        return (!certain && file.replaceable())
                || named.getOrDefault(file.name(), Set.of()).stream().anyMatch(id -> !id.equals(entry.id()));
    }
}
