package dev.holdfast.control.channel;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What people wrote of a channel, secrets included. Whether it makes sense is for the reader of stack files to say, to which it is
 * shown as {@link #document}.
 *
 * @param type as the stack file calls it, for example {@code slack}
 * @param settings what stands under the type in a stack file
 * @param events what it hears; empty for the usual ones
 */
public record ChannelText(String type, ObjectNode settings, List<String> events) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What is shown. Everything else is a secret, also what a later version adds; a template may have a key in it. */
    private static final Set<String> OPEN = Set.of(
            "host", "port", "security", "user", "certificates", "from", "to", "channel", "chat", "style", "runs");

    /** What says where secrets are sent, and as whose. */
    private static final List<String> WHERE =
            List.of("host", "port", "security", "certificates", "user", "server", "url", "url-file");

    public ChannelText {
        settings = settings.deepCopy();
        events = List.copyOf(events);
    }

    static ChannelText read(Secret sealed) {
        try {
            return JSON.readValue(sealed.text(), ChannelText.class);
        } catch (JacksonException e) {
            // its message may repeat the text
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "what is stored of the channel is of another version",
                    "remove the channel and make it again.");
        }
    }

    Secret written() {
        return new Secret(JSON.writeValueAsString(this));
    }

    /** The channel as a stack file would have it; JSON is YAML too. */
    String document(String name) {
        ObjectNode document = JSON.createObjectNode();
        ObjectNode notify = document.putObject("notify");
        notify.putObject("channels").putObject(name).set(type, settings);
        if (!events.isEmpty()) {
            ObjectNode route = notify.putArray("routes").addObject();
            route.putArray("channels").add(name);
            events.forEach(route.putArray("events")::add);
        }
        return JSON.writeValueAsString(document);
    }

    /**
     * The same with the secrets of an older text about which this one says nothing.
     *
     * @param dropped names of secrets that are not wanted any more
     * @throws Invalid (CONFIGURATION_INVALID) if they would then be sent to another place than the one they were meant for
     */
    ChannelText over(ChannelText old, Set<String> dropped) {
        ObjectNode merged = settings.deepCopy();
        List<String> kept = new ArrayList<>();
        if (old.type.equals(type)) {
            for (String key : old.hidden()) {
                if (!dropped.contains(key) && !settings.has(key) && !settings.has(key + "-file")) {
                    merged.set(key, old.settings.get(key));
                    kept.add(key);
                }
            }
        }
        ChannelText text = new ChannelText(type, merged, events);
        Optional<String> moved = WHERE.stream()
                .filter(key ->
                        !Optional.ofNullable(old.settings.get(key)).equals(Optional.ofNullable(text.settings.get(key))))
                .findFirst();
        kept.removeAll(WHERE);
        if (moved.isPresent() && !kept.isEmpty()) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'" + moved.get() + "' is another one now, and '" + kept.getFirst() + "' was not meant for that",
                    "write " + String.join(", ", kept) + " again, or drop it to do without.");
        }
        return text;
    }

    Map<String, JsonNode> shown() {
        Map<String, JsonNode> shown = new TreeMap<>();
        settings.properties().stream()
                .filter(field -> isOpen(field.getKey(), field.getValue()))
                .forEach(field -> shown.put(field.getKey(), field.getValue()));
        return shown;
    }

    /** Names of what is not shown; of headers also which. */
    List<String> secrets() {
        return hidden().stream()
                .flatMap(key -> settings.get(key).isObject()
                        ? settings.get(key).propertyNames().stream().map(name -> key + "." + name)
                        : List.of(key).stream())
                .sorted()
                .toList();
    }

    private List<String> hidden() {
        return settings.properties().stream()
                .filter(field -> !isOpen(field.getKey(), field.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private boolean isOpen(String key, JsonNode value) {
        return switch (key) {
            case "topic" -> type.equals("telegram");
            case "server" -> value.asString("").matches("https?://[A-Za-z0-9.:\\[\\]-]+/?");
            default -> OPEN.contains(key) || key.endsWith("-file");
        };
    }

    @Override
    public String toString() {
        return "ChannelText[" + type + "]";
    }
}
