package dev.holdfast.server.view;

import java.util.List;

/** All stacks, and stack files that could not be read. */
public record StackListView(List<StackSummaryView> items, List<WarningView> troubles) {}
