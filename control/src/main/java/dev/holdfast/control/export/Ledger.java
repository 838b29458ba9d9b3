package dev.holdfast.control.export;

import dev.holdfast.control.export.LedgerEntry.Tree;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.error.Unavailable;
import dev.holdfast.engine.place.FileFacts;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.engine.source.ExportFile;
import dev.holdfast.engine.source.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a place says of the exports in it: a file for each, {@code .holdfast/<stack>/<export id>.json}, and for each tree in an export a
 * list of its files, {@code .holdfast/<stack>/<export id>.<number>.files}.
 */
public final class Ledger {
    /** Where it is in a place. */
    static final String FOLDER = ".holdfast/";

    private static final String ENDING = ".json";
    private static final String LIST_ENDING = ".files";
    private static final int MOST_BYTES = 8 << 20;

    private final FilePlace place;

    public Ledger(FilePlace place) {
        this.place = place;
    }

    /**
     * An entry as it is stored.
     *
     * @param modified when it was written last, by the clock of the place
     */
    public record Stored(LedgerEntry entry, Instant modified) {}

    /**
     * Everything that a ledger says.
     *
     * @param entries of all stacks, oldest first
     * @param findings what is there and cannot be understood; it is left as it is
     */
    public record Contents(List<Stored> entries, List<Finding> findings) {
        public Contents {
            entries = List.copyOf(entries);
            findings = List.copyOf(findings);
        }

        /** Those of one stack, exactly of this name. */
        public List<Stored> of(String stack) {
            return entries.stream()
                    .filter(stored -> stored.entry().stack().equals(stack))
                    .toList();
        }

        /** When anything was written last, by the clock of the place. */
        Optional<Instant> lastWritten() {
            return entries.stream().map(Stored::modified).max(Comparator.naturalOrder());
        }
    }

    /**
     * Reads all of it.
     *
     * @throws dev.holdfast.engine.error.HoldfastException if the place does not answer
     */
    public Contents read() {
        List<PlacedFile> listed = new ArrayList<>();
        List<FileName> lists = new ArrayList<>();
        place.list(FOLDER, file -> {
            if (file.name().text().endsWith(LIST_ENDING)) {
                lists.add(file.name());
            } else {
                listed.add(file);
            }
        });
        List<Stored> entries = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (PlacedFile file : listed) {
            Optional<LedgerEntry> entry = read(file);
            if (entry.isPresent()) {
                entries.add(new Stored(entry.get(), file.modified()));
            } else {
                findings.add(new Finding(
                        place.location(file.name()),
                        "this file of the ledger is damaged or of somebody else; what it names is never removed"));
            }
        }
        Set<FileName> known =
                entries.stream().flatMap(stored -> lists(stored.entry())).collect(Collectors.toSet());
        lists.stream()
                .filter(list -> !known.contains(list))
                .forEach(list -> findings.add(new Finding(
                        place.location(list),
                        "this list in the ledger's folder belongs to no export that is known; it was left there")));
        entries.sort(Comparator.comparing(stored -> stored.entry().id()));
        return new Contents(entries, findings);
    }

    /**
     * A file of an export that is whole, or was when it was written, or a file of a tree of such an export.
     *
     * @throws dev.holdfast.engine.error.Damaged if the list of the tree that would have it is not as it was written
     */
    public Optional<Written> find(String stack, String export, FileName name) {
        return written(stack, export)
                .flatMap(file -> (file.tree().isPresent() ? within(file, name) : Optional.of(file)).stream())
                .filter(file -> file.name().equals(name))
                .findFirst();
    }

    private Optional<Written> within(Written folder, FileName name) {
        return name.text().startsWith(folder.name() + "/") ? new KeptTree(place, folder).find(name) : Optional.empty();
    }

    /** A tree of an export that is whole, or was when it was written. */
    public Optional<KeptTree> tree(String stack, String export, FileName folder) {
        return written(stack, export)
                .filter(file -> file.name().equals(folder) && file.tree().isPresent())
                .map(file -> new KeptTree(place, file))
                .findFirst();
    }

    /** Of the newest export first. */
    private Stream<Written> written(String stack, String export) {
        return read().of(stack).stream()
                .map(Stored::entry)
                .filter(entry -> entry.isWhole() && entry.export().equals(export))
                .sorted(Comparator.comparing(LedgerEntry::id).reversed())
                .flatMap(entry -> entry.files().stream());
    }

    /** Empty if it is no entry, or one that lies where it does not belong. */
    private Optional<LedgerEntry> read(PlacedFile file) {
        if (file.bytes() > MOST_BYTES) {
            return Optional.empty();
        }
        try (InputStream in = place.open(file.name())) {
            return LedgerJson.read(in.readNBytes(MOST_BYTES))
                    .filter(entry -> name(entry).equals(file.name()) && hasOwnLists(entry));
        } catch (Missing e) {
            // removed by somebody else since it was listed
            return Optional.empty();
        } catch (IOException e) {
            throw new Unavailable(
                    ErrorCode.STORE_UNAVAILABLE, "cannot read '" + place.location(file.name()) + "'", "", e);
        }
    }

    /** Writes an entry, in place of what it said before. */
    void write(LedgerEntry entry) {
        byte[] bytes = LedgerJson.write(entry);
        try (ExportFile file = place.create(name(entry), FileFacts.of("application/json"), true)) {
            file.preflight();
            file.write(bytes, 0, bytes.length);
            file.commit();
        }
    }

    void remove(LedgerEntry entry) {
        place.delete(name(entry));
    }

    static FileName name(LedgerEntry entry) {
        return new FileName(begin(entry) + ENDING);
    }

    /**
     * The name of a list of a tree's files.
     *
     * @param number which tree of the export it is
     */
    static FileName list(LedgerEntry entry, int number) {
        return new FileName(begin(entry) + "." + number + LIST_ENDING);
    }

    private static String begin(LedgerEntry entry) {
        return FOLDER + NameTemplate.encoded(entry.stack()) + "/" + entry.id();
    }

    private static Stream<FileName> lists(LedgerEntry entry) {
        return entry.files().stream().flatMap(file -> file.tree().stream()).map(Tree::list);
    }

    private static boolean hasOwnLists(LedgerEntry entry) {
        return lists(entry)
                .map(FileName::text)
                .allMatch(list -> list.startsWith(begin(entry) + ".") && list.endsWith(LIST_ENDING));
    }
}
