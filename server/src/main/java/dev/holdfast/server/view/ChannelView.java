package dev.holdfast.server.view;

import dev.holdfast.control.channel.ChannelRecord;
import dev.holdfast.control.notify.NotifyConfig;
import dev.holdfast.control.stack.StackRecord;
import java.util.Optional;

/**
 * A channel, without what is secret in it.
 *
 * @param stack empty for one of the server
 * @param origin where it is described
 * @param revision of one that can be changed by the API
 * @param trouble why it cannot be used now
 */
public record ChannelView(
        Optional<String> stack,
        String name,
        String type,
        String origin,
        Optional<Long> revision,
        Optional<String> trouble) {
    public static ChannelView of(ChannelRecord channel) {
        return new ChannelView(
                Optional.empty(),
                channel.name(),
                channel.type(),
                channel.origin().label(),
                channel.revision(),
                channel.trouble());
    }

    public static ChannelView of(StackRecord stack, NotifyConfig channel) {
        return new ChannelView(
                Optional.of(stack.name()),
                channel.name(),
                channel.type(),
                stack.origin().label(),
                Optional.empty(),
                Optional.empty());
    }
}
