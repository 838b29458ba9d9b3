package dev.holdfast.server.view;

import java.util.List;
import java.util.Optional;

/** A page of differences. */
public record DifferencePageView(List<DifferenceView> items, Optional<String> next) {
    /** An entry that one snapshot has and the other has not, or otherwise. */
    public record DifferenceView(
            String key, String name, String change, Optional<EntryView> before, Optional<EntryView> after) {}
}
