package dev.holdfast.control.config;

import dev.holdfast.control.config.Problems.Stop;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

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
            "jump");
    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");

    private SshSection() {}

    static SshConfig read(Section section) {
        section.only(KEYS, Example.SSH);
        Optional<Path> key = section.path("key", Example.SSH);
        Optional<Secret> password = section.secret("password");
        if (key.isEmpty() && password.isEmpty()) {
            throw new Stop(section.line(), "'" + section.path() + "' has neither 'key' nor 'password'", Example.SSH);
        }
        return new SshConfig(
                section.requiredText("host", Example.SSH),
                section.whole("port", 1, 65535, SshConfig.DEFAULT_PORT),
                section.requiredText("user", Example.SSH),
                key,
                section.secret("key-password"),
                password,
                knownHosts(section),
                section.text("fingerprint", Example.FINGERPRINT).map(text -> fingerprint(section, text)),
                section.has("jump") ? Optional.of(read(section.section("jump", Example.SSH))) : Optional.empty());
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
