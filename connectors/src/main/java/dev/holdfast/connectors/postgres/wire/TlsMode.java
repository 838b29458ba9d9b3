package dev.holdfast.connectors.postgres.wire;

/**
 * How much TLS there has to be, as libpq's {@code sslmode}. Over a Unix socket there is none, whatever the mode.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION">Protection provided in different
 *     modes</a>
 */
public enum TlsMode {
    /** Never. */
    DISABLE,
    /** Only when the server does not let us in without. */
    ALLOW,
    /** When the server offers it. */
    PREFER,
    /** Always; the server's certificate is checked only if there are root certificates to check it with. */
    REQUIRE,
    /** Always, with a server whose certificate a root certificate vouches for. */
    VERIFY_CA,
    /** The same, and the certificate is the one of the host that was asked for. */
    VERIFY_FULL;

    boolean isVerifying() {
        return this == VERIFY_CA || this == VERIFY_FULL;
    }

    boolean isMandatory() {
        return compareTo(REQUIRE) >= 0;
    }
}
