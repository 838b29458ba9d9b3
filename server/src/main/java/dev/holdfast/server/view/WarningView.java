package dev.holdfast.server.view;

/**
 * What somebody should do.
 *
 * @param stack empty if it is about the server
 */
public record WarningView(String stack, String message, String hint) {}
