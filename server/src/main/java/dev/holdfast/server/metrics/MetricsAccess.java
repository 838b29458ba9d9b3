package dev.holdfast.server.metrics;

import dev.holdfast.control.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** Who may read the metrics. */
public sealed interface MetricsAccess {
    /** Whoever may see all stacks, by any credential. */
    record ByCredential() implements MetricsAccess {}

    /** Those too that know a token of its own, which opens nothing else. */
    record ByToken(Secret token) implements MetricsAccess {}

    /** Everybody. */
    record Open() implements MetricsAccess {}

    /** As the settings show it. */
    default String label() {
        return switch (this) {
            case ByCredential _ -> "credential";
            case ByToken _ -> "token";
            case Open _ -> "open";
        };
    }

    /**
     * Whether they may be read with that alone.
     *
     * @param authorization values of the header {@code Authorization}
     */
    default boolean admits(List<String> authorization) {
        return switch (this) {
            case ByCredential _ -> false;
            case ByToken(Secret token) ->
                authorization.size() == 1 && equal(authorization.getFirst(), "Bearer " + token.text());
            case Open _ -> true;
        };
    }

    private static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
