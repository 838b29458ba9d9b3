package dev.holdfast.server.view;

/** The text of a stack, with every secret masked. */
public record StackTextView(String text, long revision) {}
