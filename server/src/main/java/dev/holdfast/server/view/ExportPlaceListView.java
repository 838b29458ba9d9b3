package dev.holdfast.server.view;

import java.util.List;

/** The places of a stack's exports, and what somebody should know about them. */
public record ExportPlaceListView(List<ExportPlaceView> items, List<FindingView> findings) {
    public ExportPlaceListView {
        items = List.copyOf(items);
        findings = List.copyOf(findings);
    }
}
