package dev.holdfast.control.notify;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Headers that people add to a call. */
final class Headers {
    private static final Set<String> OURS = Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "upgrade",
            "te",
            "trailer",
            "expect",
            "content-type");
    private static final String PREFIX = "holdfast-";

    private Headers() {}

    static void check(String channel, Map<String, Secret> headers) {
        headers.forEach((name, value) -> {
            if (!isName(name) || isOurs(name)) {
                throw wrong(channel, name, "that name cannot be set");
            }
            if (!value.text().chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f))) {
                throw wrong(channel, name, "its value has characters that a header cannot have");
            }
        });
    }

    private static boolean isName(String name) {
        return name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");
    }

    private static boolean isOurs(String name) {
        String low = name.toLowerCase(Locale.ROOT);
        return OURS.contains(low) || low.startsWith(PREFIX);
    }

    private static Invalid wrong(String channel, String header, String why) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "the channel '" + channel + "' has a header '" + OneLine.of(header, 60) + "': " + why,
                "remove or correct it.");
    }
}
