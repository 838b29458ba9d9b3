package dev.holdfast.control.notify;

import java.util.Optional;

/**
 * A channel that does not take what it is sent.
 *
 * @param stack whose channel it is; empty for one of the server
 * @param channel its name
 * @param lost how many messages were given up in the last day
 * @param waiting how many wait to be tried again
 * @param said what it answered last to something that it did not take
 */
public record ChannelTrouble(Optional<String> stack, String channel, int lost, int waiting, String said) {}
