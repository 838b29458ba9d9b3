package dev.holdfast.server.view;

import java.util.List;
import java.util.Optional;

/** A page of entries. */
public record EntryPageView(List<EntryView> items, Optional<String> next) {}
