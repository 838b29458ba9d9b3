package dev.holdfast.control.export;

import dev.holdfast.engine.error.AlreadyExists;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.HoldfastException;
import dev.holdfast.engine.error.NoSpace;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.repository.SnapshotId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One place of an export during a run: open, or out since something failed there. For one thread. */
public final class Target implements AutoCloseable {
    private final ExportPlace config;
    private final FilePlace place;
    private final String stack;
    private final String export;
    private final Ledger ledger;
    private Ledger.Contents contents = new Ledger.Contents(List.of(), List.of());
    private @Nullable HoldfastException failure;

    private Target(ExportPlace config, FilePlace place, String stack, String export) {
        this.config = config;
        this.place = place;
        this.stack = stack;
        this.export = export;
        this.ledger = new Ledger(place);
    }

    /** Looks whether a place is there and what is in it; one that is not is out from the beginning. */
    public static Target open(ExportPlace config, FilePlace place, String stack, String export, boolean prepare) {
        Target target = new Target(config, place, stack, export);
        try {
            if (prepare) {
                place.prepare();
            }
            target.reread();
            target.requireRoom();
        } catch (HoldfastException e) {
            target.fail(e);
        }
        return target;
    }

    /** As much as last time is the least that is needed. */
    private void requireRoom() {
        OptionalLong free = place.freeBytes();
        Optional<LedgerEntry> last =
                own().stream().filter(LedgerEntry::isWhole).max(Comparator.comparing(LedgerEntry::snapshot));
        if (free.isPresent()
                && last.isPresent()
                && free.getAsLong() < last.get().bytes()) {
            throw new NoSpace(
                    ErrorCode.STORE_FULL,
                    "'" + place.location() + "' has " + free.getAsLong() + " bytes left, and the last export took "
                            + last.get().bytes(),
                    "free space there, or keep fewer exports in it.");
        }
    }

    /** Reads the ledger again. */
    public void reread() {
        contents = ledger.read();
    }

    public ExportPlace config() {
        return config;
    }

    public String name() {
        return config.name();
    }

    public FilePlace place() {
        return place;
    }

    Ledger ledger() {
        return ledger;
    }

    /** What the ledger said when it was read last. */
    public Ledger.Contents contents() {
        return contents;
    }

    /** The entries of this export. */
    List<LedgerEntry> own() {
        return contents.of(stack).stream()
                .map(Ledger.Stored::entry)
                .filter(entry -> entry.export().equals(export))
                .toList();
    }

    /** Whether a snapshot is there as a whole, as far as the ledger says. */
    public boolean has(SnapshotId snapshot) {
        return own().stream()
                .anyMatch(entry -> entry.isWhole() && entry.snapshot().equals(snapshot));
    }

    /** Whether a newer snapshot is there as a whole. */
    boolean hasNewerThan(SnapshotId snapshot) {
        return own().stream()
                .anyMatch(entry -> entry.isWhole() && entry.snapshot().compareTo(snapshot) > 0);
    }

    /** Whether a newer snapshot is there under a name. */
    boolean hasNewerThan(SnapshotId snapshot, FileName name) {
        return own().stream()
                .filter(entry -> entry.isWhole() && entry.snapshot().compareTo(snapshot) > 0)
                .flatMap(entry -> entry.files().stream())
                .anyMatch(file -> file.name().equals(name));
    }

    public boolean isOpen() {
        return failure == null;
    }

    /** Why it is out. */
    public Optional<HoldfastException> failure() {
        return Optional.ofNullable(failure);
    }

    /** When the ledger was written last, by the clock of the place. */
    public Optional<Instant> lastWritten() {
        return contents.lastWritten();
    }

    /** It is out from now on; a name that is taken says nothing about the place itself. */
    public void fail(HoldfastException reason) {
        if (failure == null && !(reason instanceof AlreadyExists)) {
            failure = reason;
        }
    }

    @Override
    public void close() {
        place.close();
    }
}
