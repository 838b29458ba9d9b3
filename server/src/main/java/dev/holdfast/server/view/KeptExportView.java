package dev.holdfast.server.view;

import dev.holdfast.control.export.ExportPlan;
import dev.holdfast.control.export.LedgerEntry;
import java.time.Instant;
import java.util.List;

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
        List<KeptFileView> files) {
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
                entry.files().stream().map(KeptFileView::of).toList());
    }
}
