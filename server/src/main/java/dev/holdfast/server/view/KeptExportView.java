package dev.holdfast.server.view;

import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.export.LedgerEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a place has of one export of one snapshot.
 *
 * @param state how it stands, such as {@code whole}
 * @param kept whether the next clean-up leaves it
 * @param why which rules keep it
 */
public record KeptExportView(
        String id,
        String snapshot,
        Instant time,
        String state,
        boolean kept,
        List<String> why,
        long bytes,
        List<FileView> files) {
    /**
     * A file, or a folder of files.
     *
     * @param part which part it holds; left out if it tells of others
     * @param sha256 its digest; left out of a folder
     * @param files how many are in a folder; left out of a file
     */
    public record FileView(
            String name, Optional<String> part, OptionalLong bytes, Optional<String> sha256, Optional<Long> files) {
        static FileView of(LedgerEntry.Written file) {
            return new FileView(
                    file.name().text(),
                    Optional.of(file.part()).filter(part -> !part.isEmpty()),
                    file.bytes(),
                    Optional.of(file.sha256())
                            .filter(digest -> !digest.isEmpty() && file.tree().isEmpty()),
                    file.tree().map(LedgerEntry.Tree::files));
        }
    }

    public static KeptExportView of(ExportPlan.Decision decision) {
        LedgerEntry entry = decision.entry();
        return new KeptExportView(
                entry.id().text(),
                entry.snapshot().text(),
                entry.snapshotBegan(),
                decision.standing().label(),
                decision.kept(),
                decision.reasons().stream().map(Object::toString).toList(),
                entry.bytes(),
                entry.files().stream().map(FileView::of).toList());
    }
}
