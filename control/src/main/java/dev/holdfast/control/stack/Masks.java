package dev.holdfast.control.stack;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Hides the secrets in the text of a stack, and puts them back into a text that was edited meanwhile. Everything else stays as it
 * was written, comments too. References to the environment are no secrets.
 */
final class Masks {
    private static final String MASK = "********";
    private static final Pattern SECRET_KEY =
            Pattern.compile("(?i).*(password|passphrase|secret|token|key|code|signing|credential).*");
    private static final Pattern NO_SECRET_KEY = Pattern.compile("(?i).*-(file|keys|hosts|codes)");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}]*}");
    /** A URL with a password before its host, or a parameter that sounds like one. */
    private static final Pattern SECRET_VALUE =
            Pattern.compile("(?is).*(://[^/@\\s]*:[^/@\\s]+@|[?&;\\s](password|passphrase|token|secret|key|sig)=).*");
    /** Where URLs and whatever is sent along are secrets themselves. */
    private static final List<String> CONFIDING = List.of("notify", "notifications", "hooks");

    private static final List<String> CONFIDED = List.of("url", "uri", "server");
    private static final List<String> CONFIDED_MAPS = List.of("headers", "environment", "env");

    private final List<Found> found = new ArrayList<>();

    private Masks() {}

    /**
     * A secret in a text.
     *
     * @param path keys and places from the root
     * @param from where it begins, in code points
     * @param to where it ends
     */
    private record Found(String path, int from, int to) {}

    /** The text with every secret in it replaced. */
    static String masked(Secret text) {
        Masks masks = new Masks();
        Optional<Node> root = root(text.text());
        root.ifPresent(node -> masks.search("", "", false, node));
        return replaced(
                text.text(), masks.found.stream().collect(Collectors.toMap(secret -> secret, _ -> "'" + MASK + "'")));
    }

    /**
     * The text with the secrets of an older one where it has masks.
     *
     * @throws Invalid (CONFIGURATION_INVALID) if it cannot be told which secret a mask stands for
     */
    static Secret restored(Secret edited, Secret old) {
        if (!edited.text().contains(MASK)) {
            return edited;
        }
        Masks masks = new Masks();
        Node now = root(edited.text()).orElseThrow();
        masks.searchMasks("", now);
        Optional<Node> hidden = root(masked(old));
        Optional<Node> before = root(old.text());
        Map<Found, String> values = masks.found.stream()
                .collect(Collectors.toMap(
                        mask -> mask,
                        mask -> before.filter(_ -> isSameEntry(now, hidden, mask.path()))
                                .flatMap(node -> text(node, mask.path()))
                                .map(Masks::quoted)
                                .orElseThrow(() -> lost(mask.path()))));
        return new Secret(replaced(edited.text(), values));
    }

    /** An entry of a list has no name: it is the same if everything in it but its secrets is. */
    private static boolean isSameEntry(Node now, Optional<Node> before, String path) {
        String walked = "";
        for (String step : path.substring(1).split("\n", -1)) {
            boolean inList =
                    at(now, walked).filter(SequenceNode.class::isInstance).isPresent();
            walked += "\n" + step;
            if (inList) {
                String entry = walked;
                Optional<String> then = before.flatMap(node -> at(node, entry)).map(Masks::plain);
                return then.isPresent() && then.equals(at(now, entry).map(Masks::plain));
            }
        }
        return true;
    }

    private static String plain(Node node) {
        return switch (node) {
            case MappingNode map ->
                map.getValue().stream()
                        .map(pair -> quoted(name(pair)) + ": " + plain(pair.getValueNode()))
                        .sorted()
                        .collect(Collectors.joining(", ", "{", "}"));
            case SequenceNode list ->
                list.getValue().stream().map(Masks::plain).collect(Collectors.joining(", ", "[", "]"));
            case ScalarNode scalar -> quoted(scalar.getValue());
            default -> "";
        };
    }

    private static Invalid lost(String path) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "the masked value of '" + path.substring(1).replace('\n', '.')
                        + "' stands for no secret that is known at this place",
                "write the secret itself, or a reference such as ${NAME}.");
    }

    private static Optional<Node> root(String text) {
        try {
            return new Compose(
                            LoadSettings.builder().setAllowDuplicateKeys(true).build())
                    .composeString(text);
        } catch (YamlEngineException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID, "not YAML: " + e.getClass().getSimpleName(), "", e);
        }
    }

    private void search(String path, String key, boolean confiding, Node node) {
        switch (node) {
            case MappingNode map -> {
                boolean all = confiding && CONFIDED_MAPS.contains(key);
                for (NodeTuple pair : map.getValue()) {
                    String name = name(pair);
                    boolean inside = confiding || (path.isEmpty() && CONFIDING.contains(name));
                    if (all && pair.getValueNode() instanceof ScalarNode scalar) {
                        add(path + "\n" + name, scalar);
                    } else {
                        search(path + "\n" + name, name, inside, pair.getValueNode());
                    }
                }
            }
            case SequenceNode list -> {
                for (int i = 0; i < list.getValue().size(); i++) {
                    search(path + "\n" + i, key, confiding, list.getValue().get(i));
                }
            }
            case ScalarNode scalar when isSecret(key, confiding, scalar.getValue()) -> add(path, scalar);
            default -> {
                // nothing to hide
            }
        }
    }

    private static boolean isSecret(String key, boolean confiding, String value) {
        if (value.isEmpty() || REFERENCE.matcher(value).matches()) {
            return false;
        }
        boolean named =
                SECRET_KEY.matcher(key).matches() && !NO_SECRET_KEY.matcher(key).matches();
        return named || SECRET_VALUE.matcher(value).matches() || (confiding && CONFIDED.contains(key));
    }

    private void searchMasks(String path, Node node) {
        switch (node) {
            case MappingNode map ->
                map.getValue().forEach(pair -> searchMasks(path + "\n" + name(pair), pair.getValueNode()));
            case SequenceNode list -> {
                for (int i = 0; i < list.getValue().size(); i++) {
                    searchMasks(path + "\n" + i, list.getValue().get(i));
                }
            }
            case ScalarNode scalar when scalar.getValue().equals(MASK) -> add(path, scalar);
            default -> {
                // nothing was hidden
            }
        }
    }

    private void add(String path, ScalarNode scalar) {
        int from = scalar.getStartMark().orElseThrow().getIndex();
        if (found.stream().noneMatch(secret -> secret.from() == from)) {
            found.add(new Found(path, from, scalar.getEndMark().orElseThrow().getIndex()));
        }
    }

    private static String name(NodeTuple pair) {
        return pair.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private static Optional<String> text(Node root, String path) {
        return at(root, path)
                .flatMap(node ->
                        node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.<String>empty());
    }

    /** What stands at a path; the root at the empty one. */
    private static Optional<Node> at(Node root, String path) {
        Optional<Node> node = Optional.of(root);
        if (!path.isEmpty()) {
            for (String step : path.substring(1).split("\n", -1)) {
                node = node.flatMap(parent -> child(parent, step));
            }
        }
        return node;
    }

    private static Optional<Node> child(Node parent, String step) {
        return switch (parent) {
            case MappingNode map ->
                map.getValue().stream()
                        .filter(pair -> name(pair).equals(step))
                        .map(NodeTuple::getValueNode)
                        .findFirst();
            case SequenceNode list ->
                list.getValue().stream().skip(Long.parseLong(step)).findFirst();
            default -> Optional.empty();
        };
    }

    /** In double quotes, where everything can be written. */
    private static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        value.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }

    private static String replaced(String text, Map<Found, String> values) {
        Map<Integer, Map.Entry<Found, String>> inOrder = new TreeMap<>();
        values.entrySet().forEach(value -> inOrder.put(value.getKey().from(), value));
        StringBuilder replaced = new StringBuilder();
        int[] points = text.codePoints().toArray();
        int done = 0;
        for (Map.Entry<Found, String> value : inOrder.values()) {
            Found secret = value.getKey();
            replaced.append(new String(points, done, secret.from() - done)).append(value.getValue());
            done = secret.to();
            if (done > 0 && points[done - 1] == '\n') {
                replaced.append('\n'); // the end of a block belongs to it
            }
        }
        return replaced.append(new String(points, done, points.length - done)).toString();
    }
}
