package dev.holdfast.control.notify;

/**
 * A line of a message.
 *
 * @param label what it is, as {@code snapshot}
 * @param value its value
 */
public record Detail(String label, String value) {}
