package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.control.schedule.TimeSpan;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** One map of the stack file: gives out its values in the type that is asked for, or says where and why it cannot. */
final class Section {
    private static final Pattern VARIABLE = Pattern.compile("\\$?\\$\\{([^}]*)}?");
    private static final Pattern PLACE = Pattern.compile("\\$?\\$\\{[a-z][a-z.]*}");
    private static final Pattern NOTHING = Pattern.compile("(?!)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** What a file is read with. */
    record Context(Path folder, Environment environment, Problems problems) {}

    private final Context context;
    private final String path;
    private final int line;
    private final Map<String, NodeTuple> fields = new LinkedHashMap<>();

    /**
     * @param path where the map is, such as {@code sources.media}; empty for the file itself
     * @param line where its key stands
     * @param example how such a map looks
     */
    Section(Context context, String path, int line, Node node, String example) {
        this.context = context;
        this.path = path;
        this.line = line;
        if (isEmpty(node)) {
            throw new Stop(line, "missing value of '" + path + "'", example);
        }
        if (!(node instanceof MappingNode map)) {
            throw new Stop(
                    line(node),
                    (path.isEmpty() ? "the file" : "'" + path + "'") + " must be a map, not " + kindOf(node),
                    example);
        }
        map.getValue().forEach(this::take);
    }

    /** A single value where a map could stand: it is the value of one key. */
    private Section(Context context, String path, ScalarNode value, String key) {
        this.context = context;
        this.path = path;
        this.line = line(value);
        fields.put(key, new NodeTuple(value, value));
    }

    private void take(NodeTuple field) {
        Node key = field.getKeyNode();
        if (!(key instanceof ScalarNode scalar)) {
            context.problems.add(line(key), "a key must be a word, not " + kindOf(key), "");
            return;
        }
        NodeTuple before = fields.putIfAbsent(scalar.getValue(), field);
        if (before != null) {
            context.problems.add(
                    line(key),
                    "duplicate key '" + within(scalar.getValue()) + "', first given in line "
                            + line(before.getKeyNode()),
                    "");
        }
    }

    /** Notes every key that does not belong here. */
    Section only(List<String> known, String example) {
        fields.forEach((key, field) -> {
            if (!known.contains(key)) {
                String meant = Spelling.meant(key, known)
                        .map(word -> "; did you mean '" + word + "'?")
                        .orElse("; expected " + listed(known));
                context.problems.add(line(field.getKeyNode()), "unknown key '" + within(key) + "'" + meant, example);
            }
        });
        return this;
    }

    static String listed(List<String> words) {
        return words.size() == 1
                ? words.getFirst()
                : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
    }

    int line() {
        return line;
    }

    int line(String key) {
        NodeTuple field = fields.get(key);
        return field == null ? line : line(field.getKeyNode());
    }

    String path() {
        return path;
    }

    List<String> keys() {
        return List.copyOf(fields.keySet());
    }

    boolean has(String key) {
        return fields.containsKey(key);
    }

    Section section(String key, String example) {
        NodeTuple field = fields.get(key);
        if (field == null) {
            throw missing(key, example);
        }
        return new Section(context, within(key), line(field.getKeyNode()), field.getValueNode(), example);
    }

    /**
     * The maps under a key: one, or a list of them.
     *
     * @param shorthand key of which a single value in place of a map is the value
     */
    List<Section> sections(String key, String shorthand, String example) {
        NodeTuple field = fields.get(key);
        if (field == null) {
            return List.of();
        }
        if (!(field.getValueNode() instanceof SequenceNode list)) {
            return List.of(item(within(key), line(key), field.getValueNode(), shorthand, example));
        }
        List<Section> sections = new ArrayList<>();
        for (Node node : list.getValue()) {
            sections.add(item(within(key) + "[" + sections.size() + "]", line(node), node, shorthand, example));
        }
        return sections;
    }

    private Section item(String where, int whereLine, Node node, String shorthand, String example) {
        return node instanceof ScalarNode scalar && !isEmpty(node)
                ? new Section(context, where, scalar, shorthand)
                : new Section(context, where, whereLine, node, example);
    }

    /** The values of a map under a key, whatever its keys are called; each may be a secret. */
    Map<String, Secret> secrets(String key, String example) {
        Map<String, Secret> values = new LinkedHashMap<>();
        if (has(key)) {
            Section map = section(key, example);
            for (String name : map.keys()) {
                values.put(
                        name,
                        new Secret(map.text(name, example, ErrorCode.SECRET_MISSING)
                                .orElseThrow()));
            }
        }
        return values;
    }

    boolean isList(String key) {
        NodeTuple field = fields.get(key);
        return field != null && field.getValueNode() instanceof SequenceNode;
    }

    Stop missing(String key, String example) {
        String where = path.isEmpty() ? "" : " in '" + path + "'";
        return new Stop(line, "missing key '" + key + "'" + where, example);
    }

    /** A text with its variables replaced. */
    Optional<String> text(String key, String example) {
        return text(key, example, ErrorCode.CONFIGURATION_INVALID);
    }

    /** A text that has places of its own, such as <code>${stack}</code>; variables in capitals are replaced. */
    Optional<String> template(String key, String example) {
        return Optional.ofNullable(fields.get(key)).map(field -> {
            ScalarNode value = single(key, line(key), field.getValueNode(), example);
            return replaced(key, line(value), value.getValue(), ErrorCode.SECRET_MISSING, PLACE);
        });
    }

    /** A text as it stands there, for readers that have variables of their own; empty if it is not given. */
    String verbatim(String key, String example) {
        NodeTuple field = fields.get(key);
        return field == null
                ? ""
                : single(key, line(key), field.getValueNode(), example).getValue();
    }

    private Optional<String> text(String key, String example, ErrorCode unset) {
        return Optional.ofNullable(fields.get(key))
                .map(field -> scalar(key, line(field.getKeyNode()), field.getValueNode(), example, unset));
    }

    private String scalar(String key, int keyLine, Node node, String example, ErrorCode unset) {
        ScalarNode value = single(key, keyLine, node, example);
        return replaced(key, line(value), value.getValue(), unset, NOTHING);
    }

    private ScalarNode single(String key, int keyLine, Node node, String example) {
        if (isEmpty(node)) {
            throw new Stop(keyLine, "missing value of '" + within(key) + "'", example);
        }
        if (!(node instanceof ScalarNode scalar)) {
            throw new Stop(line(node), "'" + within(key) + "' must be a single value, not " + kindOf(node), example);
        }
        return scalar;
    }

    private String replaced(String key, int valueLine, String text, ErrorCode unset, Pattern kept) {
        Matcher matcher = VARIABLE.matcher(text);
        StringBuilder result = new StringBuilder();
        while (matcher.find()) {
            boolean escaped = matcher.group().startsWith("$$");
            boolean left = kept.matcher(matcher.group()).matches();
            String value = left
                    ? matcher.group()
                    : escaped
                            ? matcher.group().substring(1)
                            : variable(key, valueLine, matcher.group(), matcher.group(1), unset);
            matcher.appendReplacement(result, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(result).toString();
    }

    private String variable(String key, int valueLine, String written, String name, ErrorCode unset) {
        if (!written.endsWith("}") || !VARIABLE_NAME.matcher(name).matches()) {
            throw new Stop(
                    valueLine,
                    "'${' in '" + within(key) + "' does not begin the name of an environment variable",
                    "write ${NAME} with letters, digits and underscores, or $${ for a literal ${.");
        }
        String value = context.environment.variables().get(name);
        if (value == null) {
            throw new Stop(
                    valueLine,
                    unset,
                    "environment variable '" + name + "' is not set; '" + within(key) + "' needs it",
                    "set it before, for example with: export " + name + "=...");
        }
        return value;
    }

    String requiredText(String key, String example) {
        String value = text(key, example).orElseThrow(() -> missing(key, example));
        if (value.isBlank()) {
            throw new Stop(line(key), "'" + within(key) + "' is empty", example);
        }
        return value;
    }

    /** A secret, given by {@code key}, by {@code key-file}, or by neither. */
    Optional<Secret> secret(String key) {
        String fileKey = key + "-file";
        if (has(key) && has(fileKey)) {
            throw new Stop(
                    line(fileKey),
                    "both '" + within(key) + "' and '" + fileKey + "' are given; expected one of them",
                    "");
        }
        Optional<Secret> itself = text(key, key + ": ${NAME_OF_A_VARIABLE}", ErrorCode.SECRET_MISSING)
                .map(text -> notEmpty(key, text));
        return itself.isPresent()
                ? itself
                : path(fileKey, fileKey + ": /run/secrets/name").map(file -> secretIn(fileKey, file));
    }

    private Secret notEmpty(String key, String text) {
        if (text.isEmpty()) {
            throw new Stop(line(key), ErrorCode.SECRET_MISSING, "'" + within(key) + "' is empty", "");
        }
        return new Secret(text);
    }

    private Secret secretIn(String key, Path file) {
        try {
            return Environment.secretIn(file);
        } catch (Environment.SecretUnreadable e) {
            throw new Stop(
                    line(key),
                    ErrorCode.SECRET_MISSING,
                    "'" + within(key) + "' names '" + file + "', " + e.getMessage(),
                    "put the secret into that file, alone and in one line.");
        }
    }

    /** A path; a relative one starts at the folder of the stack file, {@code ~/} at the home folder. */
    Optional<Path> path(String key, String example) {
        return text(key, example).map(text -> resolved(key, text, example));
    }

    /** Several paths. */
    List<Path> paths(String key, String example) {
        return texts(key, example).stream()
                .map(text -> resolved(key, text, example))
                .toList();
    }

    private Path resolved(String key, String text, String example) {
        if (text.isBlank()) {
            throw new Stop(line(key), "'" + within(key) + "' is empty", example);
        }
        try {
            Optional<String> home = context.environment.value("HOME");
            String full = text.startsWith("~/") && home.isPresent() ? home.get() + text.substring(1) : text;
            return context.folder.resolve(full).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new Stop(line(key), "'" + within(key) + "' is not a path: '" + text + "'", example);
        }
    }

    int whole(String key, int least, int most, int otherwise) {
        String example = key + ": " + otherwise;
        return text(key, example)
                .map(text -> wholeIn(key, text, least, most, example))
                .orElse(otherwise);
    }

    private int wholeIn(String key, String text, int least, int most, String example) {
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, as a number out of range is
        }
        throw new Stop(
                line(key),
                "'" + within(key) + "' is '" + text + "'; expected a whole number from " + least + " to " + most,
                example);
    }

    /** A span of time; empty if it is not given. */
    Optional<Duration> span(String key, Duration least, Duration most, String example) {
        return text(key, example).map(text -> spanIn(key, text, least, most, example));
    }

    private Duration spanIn(String key, String text, Duration least, Duration most, String example) {
        Duration span = TimeSpan.parse(text)
                .orElseThrow(() -> new Stop(
                        line(key),
                        "'" + within(key) + "' is '" + text + "'; expected a whole number with one of the units "
                                + TimeSpan.UNITS,
                        example));
        if (span.compareTo(least) < 0 || span.compareTo(most) > 0) {
            throw new Stop(
                    line(key),
                    "'" + within(key) + "' is " + text + "; expected " + TimeSpan.shown(least) + " to "
                            + TimeSpan.shown(most),
                    example);
        }
        return span;
    }

    /** One of some values, by its word. */
    <T> T choice(String key, List<T> all, Function<T, String> word, T otherwise, String example) {
        return text(key, example)
                .map(text -> choiceIn(key, text.strip(), all, word, example))
                .orElse(otherwise);
    }

    <T> T choiceIn(String key, String text, List<T> all, Function<T, String> word, String example) {
        return all.stream()
                .filter(value -> word.apply(value).equals(text))
                .findFirst()
                .orElseThrow(() -> new Stop(
                        line(key),
                        "'" + within(key) + "' is '" + text + "'; expected "
                                + listed(all.stream().map(word).toList()),
                        example));
    }

    /** What another part of Holdfast makes of the value of a key; if it refuses, that is told with the key's line. */
    <T> T made(String key, Supplier<T> maker) {
        try {
            return maker.get();
        } catch (Invalid e) {
            throw new Stop(line(key), "'" + (has(key) ? within(key) : path) + "': " + e.getMessage(), e.hint());
        }
    }

    boolean flag(String key, boolean otherwise) {
        return text(key, key + ": true").map(text -> flagIn(key, text)).orElse(otherwise);
    }

    private boolean flagIn(String key, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new Stop(
                        line(key), "'" + within(key) + "' is '" + text + "'; expected true or false", key + ": true");
        };
    }

    ByteSize size(String key, ByteSize least, ByteSize most, ByteSize otherwise) {
        String example = key + ": " + otherwise;
        return text(key, example)
                .map(text -> sizeIn(key, text, least, most, example))
                .orElse(otherwise);
    }

    private ByteSize sizeIn(String key, String text, ByteSize least, ByteSize most, String example) {
        ByteSize value = ByteSize.parse(text)
                .orElseThrow(() -> new Stop(
                        line(key),
                        "'" + within(key) + "' is '" + text + "'; expected a number with one of the units "
                                + ByteSize.UNITS,
                        example));
        if (value.bytes() < least.bytes() || value.bytes() > most.bytes()) {
            throw new Stop(
                    line(key), "'" + within(key) + "' is " + text + "; expected " + least + " to " + most, example);
        }
        return value;
    }

    List<String> texts(String key, String example) {
        NodeTuple field = fields.get(key);
        if (field == null) {
            return List.of();
        }
        if (!(field.getValueNode() instanceof SequenceNode sequence)) {
            throw new Stop(
                    line(key), "'" + within(key) + "' must be a list, not " + kindOf(field.getValueNode()), example);
        }
        List<String> values = new ArrayList<>();
        sequence.getValue()
                .forEach(node -> values.add(scalar(key, line(node), node, example, ErrorCode.CONFIGURATION_INVALID)));
        return values;
    }

    /** Checks the name of something. */
    static String named(int line, String name, String what, String example) {
        if (!NAME.matcher(name).matches()) {
            throw new Stop(
                    line,
                    what + " is '" + name + "'; expected a name of letters, digits, '.', '_' and '-', at most 63",
                    example);
        }
        return name;
    }

    /**
     * The one key of some that is there, in a map that has no others.
     *
     * @param what the map is, for messages
     */
    String onlyKind(String what, List<String> kinds, String example) {
        List<String> found = keys().stream().filter(kinds::contains).toList();
        if (found.size() > 1) {
            throw new Stop(
                    line(found.getLast()),
                    what + " is both '" + found.getFirst() + "' and '" + found.get(1) + "'; expected one of "
                            + listed(kinds),
                    example);
        }
        only(kinds, example);
        if (found.isEmpty()) {
            boolean told = !keys().isEmpty();
            throw new Stop(
                    line(),
                    what + " has no kind" + (told ? " that is known" : "") + "; expected one of " + listed(kinds),
                    example);
        }
        return found.getFirst();
    }

    /** Reads a part; what is wrong with it is noted, and the others are still looked at. */
    <T> Optional<T> attempt(Supplier<T> part) {
        return context.problems.attempt(part);
    }

    /** Throws what was noted so far, if anything was. */
    void raise() {
        context.problems.raise();
    }

    private String within(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static boolean isEmpty(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static String kindOf(Node node) {
        return switch (node) {
            case MappingNode _ -> "a map";
            case SequenceNode _ -> "a list";
            default -> "a single value";
        };
    }

    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    Environment environment() {
        return context.environment;
    }
}
