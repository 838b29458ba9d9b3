package dev.holdfast.control.channel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A channel of the server, without what is secret in it.
 *
 * @param type as the stack file calls it, for example {@code slack}; empty if nobody can tell
 * @param revision of a stored one; grows with each change, 1 at first
 * @param settings of a stored one, as they were written
 * @param secrets names of what is set besides and is never shown
 * @param events what a stored one hears; empty for the usual ones
 * @param trouble why a stored one cannot be used now
 */
public record ChannelRecord(
        String name,
        String type,
        ChannelOrigin origin,
        Optional<Long> revision,
        Map<String, JsonNode> settings,
        List<String> secrets,
        List<String> events,
        Optional<String> trouble) {
    public ChannelRecord {
        settings = Map.copyOf(settings);
        secrets = List.copyOf(secrets);
        events = List.copyOf(events);
    }
}
