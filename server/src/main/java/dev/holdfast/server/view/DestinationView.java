package dev.holdfast.server.view;

import dev.holdfast.engine.repository.DestinationState;

/**
 * A destination as it stood when it was looked at last.
 *
 * @param state {@code complete}, {@code behind}, or {@code unknown} before the first look
 * @param reason why it is behind
 */
public record DestinationView(String stack, String name, String location, String state, String reason) {
    public static DestinationView of(String stack, DestinationState state) {
        return new DestinationView(
                stack, state.name(), state.location(), state.level() ? "complete" : "behind", state.reason());
    }
}
