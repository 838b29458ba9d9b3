package dev.holdfast.control.operation;

import static dev.holdfast.control.operation.Step.Phase.OPEN;

import dev.holdfast.engine.repository.Part;
import dev.holdfast.engine.repository.Snapshot;
import dev.holdfast.engine.source.PartReader;
import dev.holdfast.engine.tree.Entry;
import dev.holdfast.engine.tree.EntryCursor;
import dev.holdfast.engine.tree.EntryKey;
import java.util.Optional;
import java.util.function.Predicate;

/** Shows a snapshot, and the entries of one of its parts one by one, in constant memory. */
public final class ShowOperation {
    private final Repositories repositories;

    public ShowOperation(Repositories repositories) {
        this.repositories = repositories;
    }

    /**
     * @param choice which repository
     * @param snapshot which snapshot, as {@link SnapshotSelector} takes it
     * @param part whose entries are wanted; empty for none
     * @param prefix what their keys begin with; empty for all
     */
    public record Request(RepositoryChoice choice, String snapshot, Optional<String> part, String prefix) {}

    /** Is shown one thing after the other. */
    public interface Viewer {
        /** The snapshot, and the part whose entries follow, if one is wanted; told before any entry. */
        void snapshot(Snapshot snapshot, Optional<Part> part);

        /**
         * @return whether more are wanted
         */
        boolean entry(Entry entry);
    }

    public ShowResult run(Request request, Viewer viewer, Run run) {
        try (OpenRepository repository =
                run.step(Step.of(OPEN), _ -> repositories.open(request.choice().repository()))) {
            Snapshot snapshot = SnapshotSelector.among(
                            repository.snapshots(), request.choice().stackName())
                    .select(request.snapshot());
            Optional<Part> part = request.part().map(name -> Places.known(snapshot, name));
            viewer.snapshot(snapshot, part);
            boolean whole =
                    part.isEmpty() || walk(repository.read(snapshot, part.get()), request.prefix(), viewer::entry);
            return new ShowResult(snapshot, part, whole, repository.findings());
        }
    }

    private static boolean walk(PartReader reader, String prefix, Predicate<Entry> viewer) {
        EntryKey from = EntryKey.of(prefix);
        EntryCursor cursor = reader.entriesFrom(from);
        for (Entry entry = cursor.next(); entry != null && entry.key().startsWith(from); entry = cursor.next()) {
            if (!viewer.test(entry)) {
                return false;
            }
        }
        return true;
    }
}
