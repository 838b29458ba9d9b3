package dev.holdfast.server.view;

/** Whether the first administrator is still to be made. */
public record SetUpView(boolean needed) {}
