package dev.holdfast.server.view;

import dev.holdfast.control.notify.ChannelTrouble;
import java.util.Optional;

/**
 * A channel that does not take what it is sent.
 *
 * @param stack whose channel it is; empty for one of the server
 * @param lost how many messages were given up in the last day
 * @param waiting how many wait to be tried again
 * @param said what it answered last to something that it did not take
 */
public record ChannelTroubleView(Optional<String> stack, String channel, int lost, int waiting, String said) {
    public static ChannelTroubleView of(ChannelTrouble trouble) {
        return new ChannelTroubleView(
                trouble.stack(), trouble.channel(), trouble.lost(), trouble.waiting(), trouble.said());
    }
}
