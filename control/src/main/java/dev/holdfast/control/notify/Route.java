package dev.holdfast.control.notify;

import java.util.List;
import java.util.Set;

/**
 * Which channels are told what.
 *
 * @param channels names of channels, of the stack or of the server
 * @param kinds what they are told, usually {@link NoticeKind#USUAL}
 */
public record Route(List<String> channels, Set<NoticeKind> kinds) {
    public Route {
        channels = List.copyOf(channels);
        kinds = Set.copyOf(kinds);
    }
}
