package dev.holdfast.server.view;

import java.util.List;

/** A list that is short enough to come whole. */
public record ListView<T>(List<T> items) {
    public ListView {
        items = List.copyOf(items);
    }
}
