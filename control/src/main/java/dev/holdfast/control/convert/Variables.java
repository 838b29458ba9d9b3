package dev.holdfast.control.convert;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Environment variables as a file gives them: lines of {@code NAME=value}, or a service of a compose file.
 *
 * @param values by name; variables that are to be put in stand there as {@code ${NAME}}
 */
record Variables(Map<String, String> values) {
    private static final Pattern LINE = Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String UNSET = "**None**";

    /**
     * @param service the service that is meant; empty for the one whose image is the tool's
     * @param image what the tool's images are called
     * @throws Invalid (CONFIGURATION_INVALID) if there is none
     */
    static Variables of(String content, String shown, Optional<String> service, String image) {
        return content.lines().anyMatch(line -> line.matches("services:\\s*(?:#.*)?"))
                ? ofCompose(Settings.of(content, shown), shown, service, image)
                : ofLines(content);
    }

    private static Variables ofLines(String content) {
        Map<String, String> values = new LinkedHashMap<>();
        content.lines().map(String::strip).filter(line -> !line.startsWith("#")).forEach(line -> put(line, values));
        return new Variables(values);
    }

    private static void put(String line, Map<String, String> values) {
        Matcher matcher = LINE.matcher(line);
        if (matcher.matches()) {
            values.put(matcher.group(1), unquoted(matcher.group(2)));
        }
    }

    /** One without a value has that of the shell which runs compose. */
    private static void putOfCompose(String line, Map<String, String> values) {
        if (NAME.matcher(line).matches()) {
            values.put(line, "${" + line + "}");
        } else {
            put(line, values);
        }
    }

    private static String unquoted(String text) {
        for (String quote : List.of("'", "\"")) {
            int end = text.lastIndexOf(quote);
            if (text.startsWith(quote) && end > 0) {
                return text.substring(1, end);
            }
        }
        return text.replaceFirst("\\s+#.*$", "");
    }

    private static Variables ofCompose(Settings file, String shown, Optional<String> service, String image) {
        Settings services = file.map("services").orElseThrow(() -> none(shown, image));
        List<String> fitting = services.keys().stream()
                .filter(name -> service.map(name::equals)
                        .orElseGet(() -> services.map(name)
                                .flatMap(one -> one.text("image"))
                                .filter(text -> text.contains(image))
                                .isPresent()))
                .toList();
        if (fitting.size() != 1) {
            throw fitting.isEmpty() ? none(shown, image) : several(shown, fitting);
        }
        Settings one = services.map(fitting.getFirst()).orElseThrow(() -> none(shown, image));
        Map<String, String> values = new LinkedHashMap<>();
        one.map("environment")
                .ifPresentOrElse(
                        map -> map.keys()
                                .forEach(key -> values.put(key, map.text(key).orElse("${" + key + "}"))),
                        () -> one.texts("environment").forEach(line -> putOfCompose(line, values)));
        one.texts("env_file").forEach(name -> values.put("env_file", name));
        return new Variables(values);
    }

    private static Invalid none(String shown, String image) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "'" + shown + "' has no service with an image of " + image,
                "name the service with --service.");
    }

    private static Invalid several(String shown, List<String> services) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "'" + shown + "' has several such services: " + String.join(", ", services),
                "name one with --service.");
    }

    /** A value that is set; what the tool's image takes for unset is not. */
    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty() && !value.equals(UNSET));
    }

    List<String> names() {
        return new ArrayList<>(values.keySet());
    }
}
