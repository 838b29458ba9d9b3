package dev.holdfast.server.view;

import dev.holdfast.control.channel.ChannelRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A channel of the server with its settings, without what is secret in them.
 *
 * @param origin where it is described; only what is {@code stored} has a revision and settings, and can be changed
 * @param secrets names of what is set and not shown
 * @param events what it hears; empty for the usual ones
 * @param trouble why it cannot be used now
 */
public record ChannelSettingsView(
        String name,
        String type,
        String origin,
        Optional<Long> revision,
        Map<String, JsonNode> settings,
        List<String> secrets,
        List<String> events,
        Optional<String> trouble) {
    public static ChannelSettingsView of(ChannelRecord channel) {
        return new ChannelSettingsView(
                channel.name(),
                channel.type(),
                channel.origin().label(),
                channel.revision(),
                channel.settings(),
                channel.secrets(),
                channel.events(),
                channel.trouble());
    }
}
