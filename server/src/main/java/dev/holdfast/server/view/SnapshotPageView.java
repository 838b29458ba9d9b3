package dev.holdfast.server.view;

import dev.holdfast.control.stack.SnapshotPage;
import dev.holdfast.engine.repository.SnapshotId;
import java.util.List;
import java.util.Optional;

/** A page of snapshots. */
public record SnapshotPageView(List<SnapshotView> items, Optional<String> next) {
    public static SnapshotPageView of(SnapshotPage page) {
        return new SnapshotPageView(
                page.snapshots().stream().map(SnapshotView::of).toList(),
                page.next().map(SnapshotId::text));
    }
}
