package dev.holdfast.server.view;

import java.util.Optional;

/**
 * A channel, without what is secret in it.
 *
 * @param stack empty for one of the server
 */
public record ChannelView(Optional<String> stack, String name, String type) {}
