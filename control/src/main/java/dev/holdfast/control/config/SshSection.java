package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads {@code ssh} maps of a stack file. */
final class SshSection {
    private static final List<String> KEYS = List.of(
            "host",
            "port",
            "user",
            "key",
            "key-password",
            "key-password-file",
            "password",
            "password-file",
            "known-hosts",
            "fingerprint",
            "jump",
            "agent");
    static final String AGENT_SOCKET = "SSH_AUTH_SOCK";
    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");

    private SshSection() {}

    static SshConfig read(Section section) {
        return read(section, List.of(), Example.SSH);
    }

    /**
     * @param more keys that the map has beside those of the server
     */
    static SshConfig read(Section section, List<String> more, String example) {
        section.only(Stream.concat(KEYS.stream(), more.stream()).toList(), example);
        Optional<Path> key = section.path("key", example);
        Optional<Secret> password = section.secret("password");
        Optional<Path> agent = agent(section);
        if (key.isEmpty() && password.isEmpty() && agent.isEmpty()) {
            throw new Stop(
                    section.line(), "'" + section.path() + "' has neither 'key' nor 'password' nor 'agent'", example);
        }
        return new SshConfig(
                section.requiredText("host", example),
                section.whole("port", 1, 65535, SshConfig.DEFAULT_PORT),
                section.requiredText("user", example),
                key,
                section.secret("key-password"),
                password,
                knownHosts(section),
                section.text("fingerprint", Example.FINGERPRINT).map(text -> fingerprint(section, text)),
                section.has("jump") ? Optional.of(read(section.section("jump", Example.SSH))) : Optional.empty(),
                agent);
    }

    /** The agent that the environment knows, if it is to be used. */
    private static Optional<Path> agent(Section section) {
        if (!section.flag("agent", false)) {
            return Optional.empty();
        }
        return Optional.of(section.environment()
                .value(AGENT_SOCKET)
                .map(Path::of)
                .orElseThrow(() -> new Stop(
                        section.line("agent"),
                        "'" + section.path() + ".agent' is true, and environment variable '" + AGENT_SOCKET
                                + "' is not set",
                        "start one with: eval $(ssh-agent) && ssh-add, or name a 'key' instead")));
    }

    private static Path knownHosts(Section section) {
        String home = section.environment().value("HOME").orElseGet(() -> System.getProperty("user.home"));
        return section.path("known-hosts", Example.SSH).orElseGet(() -> Path.of(home, ".ssh", "known_hosts"));
    }

    private static String fingerprint(Section section, String text) {
        if (!FINGERPRINT.matcher(text).matches()) {
            throw new Stop(
                    section.line("fingerprint"),
                    "'" + section.path() + ".fingerprint' is not a fingerprint as ssh-keygen -l shows it",
                    Example.FINGERPRINT);
        }
        return text;
    }
}
