package dev.holdfast.connectors.postgres;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a connection is encrypted, and what of the server's certificate is looked at; from weak to strong. */
enum SslMode {
    DISABLE,
    ALLOW,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL;

    static Optional<SslMode> of(String label) {
        return Arrays.stream(values())
                .filter(mode -> mode.label().equals(label))
                .findFirst();
    }

    /** As libpq writes it. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
