package dev.holdfast.server.view;

/**
 * A source of a stack.
 *
 * @param location where it is; no secret
 */
public record SourceView(String name, String kind, String location) {}
