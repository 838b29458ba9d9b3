package dev.holdfast.control.convert;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A map of a YAML file of another tool, with the lines that its keys stand in. Immutable. */
final class Settings {
    private static final String MERGE = "<<";
    private static final int MOST_MERGED = 20;

    private final Map<String, NodeTuple> fields = new LinkedHashMap<>();

    private Settings(MappingNode map) {
        take(map, 0);
    }

    /** What a map says itself goes before what it takes over from another by {@code <<}. */
    private void take(MappingNode map, int depth) {
        for (NodeTuple field : map.getValue()) {
            if (field.getKeyNode() instanceof ScalarNode key
                    && (!key.getValue().equals(MERGE) || isIncluded(field.getValueNode()))) {
                if (depth == 0) {
                    fields.put(key.getValue(), field);
                } else {
                    fields.putIfAbsent(key.getValue(), field);
                }
            }
        }
        for (NodeTuple field : map.getValue()) {
            boolean merges = field.getKeyNode() instanceof ScalarNode key
                    && key.getValue().equals(MERGE);
            // a map may take itself over
            if (merges && depth < MOST_MERGED) {
                listed(field.getValueNode()).forEach(node -> {
                    if (node instanceof MappingNode other) {
                        take(other, depth + 1);
                    }
                });
            }
        }
    }

    private static List<Node> listed(Node node) {
        return node instanceof SequenceNode list ? list.getValue() : List.of(node);
    }

    /**
     * @param shown what messages call the file
     * @throws Invalid (CONFIGURATION_INVALID) if it is no YAML, or no map
     */
    static Settings of(String content, String shown) {
        try {
            Optional<Node> root = new Compose(
                            LoadSettings.builder().setAllowDuplicateKeys(true).build())
                    .composeString(content);
            return root.flatMap(Settings::of)
                    .orElseThrow(() -> new Invalid(
                            ErrorCode.CONFIGURATION_INVALID, "'" + shown + "' holds no map of settings", ""));
        } catch (YamlEngineException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'" + shown + "' is not YAML",
                    "see whether the tool that it is for can read it.",
                    e);
        }
    }

    private static Optional<Settings> of(Node node) {
        return node instanceof MappingNode map ? Optional.of(new Settings(map)) : Optional.empty();
    }

    List<String> keys() {
        return List.copyOf(fields.keySet());
    }

    /** Where a key stands, from 1 on. */
    int line(String key) {
        NodeTuple field = fields.get(key);
        return field == null
                ? 1
                : field.getKeyNode()
                        .getStartMark()
                        .map(mark -> mark.getLine() + 1)
                        .orElse(1);
    }

    /** A single value as it stands; empty if there is none, or it is taken from another file. */
    Optional<String> text(String key) {
        return Optional.ofNullable(fields.get(key)).flatMap(field -> text(field.getValueNode()));
    }

    private static Optional<String> text(Node node) {
        return node instanceof ScalarNode scalar
                        && !isIncluded(node)
                        && !node.getTag().equals(Tag.NULL)
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }

    /** Whether a value is taken from another file by {@code !include} or {@code !retain} and the like. */
    boolean isIncluded(String key) {
        NodeTuple field = fields.get(key);
        return field != null && isIncluded(field.getValueNode());
    }

    private static boolean isIncluded(Node node) {
        // the library has a tag of its own for values such as ${NAME}
        return node.getTag().getValue().startsWith("!") && !node.getTag().equals(Tag.ENV_TAG);
    }

    Optional<Settings> map(String key) {
        return Optional.ofNullable(fields.get(key)).flatMap(field -> of(field.getValueNode()));
    }

    List<Settings> maps(String key) {
        List<Settings> maps = new ArrayList<>();
        nodes(key).forEach(node -> of(node).ifPresent(maps::add));
        return maps;
    }

    /** Single values in a list; one alone is a list of one. */
    List<String> texts(String key) {
        return nodes(key).stream().flatMap(node -> text(node).stream()).toList();
    }

    private List<Node> nodes(String key) {
        NodeTuple field = fields.get(key);
        if (field == null) {
            return List.of();
        }
        return listed(field.getValueNode());
    }
}
