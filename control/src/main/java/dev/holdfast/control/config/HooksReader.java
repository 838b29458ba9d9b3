package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import dev.holdfast.control.hook.HookAction;
import dev.holdfast.control.hook.HookConfig;
import dev.holdfast.control.hook.HookConfig.OnFailure;
import dev.holdfast.control.hook.HookConfig.When;
import dev.holdfast.control.hook.HookPoint;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what runs before and after. */
final class HooksReader {
    private static final String KEY = "hooks";
    private static final String COMMAND = "command";
    private static final String HTTP = "http";
    private static final List<String> KEYS = List.of(COMMAND, HTTP, "environment", "timeout", "when", "on-failure");
    private static final List<String> HTTP_KEYS = List.of("url", "url-file", "method", "headers", "body", "expect");
    private static final List<String> POINTS = List.of("before-backup", "after-backup", "after-restore", "on-failure");
    private static final Duration MOST_TIMEOUT = Duration.ofDays(1);
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");
    private static final Set<String> FORBIDDEN_HEADERS =
            Set.of("connection", "content-length", "expect", "host", "upgrade", "transfer-encoding", "te", "trailer");
    private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private HooksReader() {}

    static List<HookConfig> read(Section file) {
        List<HookConfig> read = new ArrayList<>();
        if (file.has(KEY)) {
            Section hooks = file.section(KEY, Example.HOOKS).only(POINTS, Example.HOOKS);
            for (HookPoint point : HookPoint.values()) {
                hooks.sections(point.label(), COMMAND, Example.HOOKS)
                        .forEach(section ->
                                section.attempt(() -> hook(point, section)).ifPresent(read::add));
            }
        }
        return read;
    }

    private static HookConfig hook(HookPoint point, Section section) {
        section.only(KEYS, Example.HOOKS);
        if (section.has(COMMAND) == section.has(HTTP)) {
            throw new Stop(
                    section.line(),
                    "'" + section.path() + "' has "
                            + (section.has(HTTP) ? "both 'command' and 'http'" : "neither 'command' nor 'http'")
                            + "; expected one of them",
                    Example.HOOKS);
        }
        return new HookConfig(
                point,
                when(point, section),
                section.has(HTTP) ? call(section.section(HTTP, Example.HTTP)) : command(section),
                section.span("timeout", Duration.ofSeconds(1), MOST_TIMEOUT, "timeout: 5m")
                        .orElse(HookConfig.DEFAULT_TIMEOUT),
                section.choice(
                        "on-failure",
                        List.of(OnFailure.values()),
                        OnFailure::label,
                        point == HookPoint.BEFORE_BACKUP ? OnFailure.FAIL : OnFailure.WARN,
                        Example.ON_FAILURE));
    }

    /** Where it is known how the run stands, there is nothing to choose. */
    private static When when(HookPoint point, Section section) {
        boolean open = point == HookPoint.AFTER_BACKUP || point == HookPoint.AFTER_RESTORE;
        if (section.has("when") && !open) {
            throw new Stop(
                    section.line("when"),
                    "'" + section.path() + ".when' has no meaning for '" + point.label() + "'",
                    "only after-backup and after-restore have it.");
        }
        When otherwise = open ? When.SUCCESS : When.ALWAYS;
        return section.choice("when", List.of(When.values()), When::label, otherwise, Example.WHEN);
    }

    private static HookAction command(Section section) {
        Map<String, String> environment = new LinkedHashMap<>();
        section.secrets("environment", Example.ENVIRONMENT).forEach((name, value) -> {
            if (!VARIABLE_NAME.matcher(name).matches() || value.text().indexOf('\0') >= 0) {
                throw new Stop(
                        section.line("environment"),
                        "'" + section.path() + ".environment' has '" + name + "', which cannot be a variable",
                        Example.ENVIRONMENT);
            }
            environment.put(name, value.text());
        });
        if (!section.isList(COMMAND)) {
            return HookAction.Command.shell(shellLine(section), environment);
        }
        List<String> arguments = section.texts(COMMAND, Example.HOOKS);
        if (arguments.isEmpty() || arguments.getFirst().isBlank()) {
            throw new Stop(section.line(COMMAND), "'" + section.path() + ".command' is empty", Example.HOOKS);
        }
        return new HookAction.Command(arguments, environment);
    }

    /** A shell has variables of its own, and is given them as they are: ours are in its environment. */
    private static String shellLine(Section section) {
        String line = section.verbatim(COMMAND, Example.HOOKS);
        if (line.isBlank()) {
            throw new Stop(section.line(COMMAND), "'" + section.path() + ".command' is empty", Example.HOOKS);
        }
        return line;
    }

    private static HookAction call(Section section) {
        section.only(HTTP_KEYS, Example.HTTP);
        Secret url = section.secret("url").orElseThrow(() -> section.missing("url", Example.HTTP));
        String method = section.text("method", "method: POST").orElse("POST");
        if (!METHOD.matcher(method).matches()) {
            throw new Stop(
                    section.line("method"),
                    "'" + section.path() + ".method' is '" + method + "'; expected a word in capitals",
                    "for example: method: POST");
        }
        return new HookAction.Call(
                method,
                uri(section, url),
                headers(section),
                section.template("body", Example.HTTP).orElse(""),
                expected(section));
    }

    private static URI uri(Section section, Secret url) {
        return S3Place.parseEndpoint(url.text())
                .orElseThrow(() -> new Stop(
                        section.line("url"),
                        "'" + section.path() + ".url' is not a URL with http:// or https:// and without user",
                        Example.HTTP));
    }

    private static Map<String, String> headers(Section section) {
        Map<String, String> headers = new LinkedHashMap<>();
        section.secrets("headers", Example.HTTP).forEach((name, value) -> {
            if (!HEADER_NAME.matcher(name).matches()
                    || FORBIDDEN_HEADERS.contains(name.toLowerCase(Locale.ROOT))
                    || !HEADER_VALUE.matcher(value.text()).matches()) {
                throw new Stop(
                        section.line("headers"),
                        "'" + section.path() + ".headers' has '" + name + "', which cannot be set so",
                        "a name is a word, a value plain text in one line.");
            }
            headers.put(name, value.text());
        });
        return headers;
    }

    private static Set<Integer> expected(Section section) {
        Set<Integer> expected = new HashSet<>();
        for (String status : section.isList("expect")
                ? section.texts("expect", Example.EXPECT)
                : section.text("expect", Example.EXPECT).stream().toList()) {
            if (!status.matches("[1-5]\\d\\d")) {
                throw new Stop(
                        section.line("expect"),
                        "'" + section.path() + ".expect' has '" + status + "'; expected a status such as 204",
                        Example.EXPECT);
            }
            expected.add(Integer.parseInt(status));
        }
        return expected;
    }
}
