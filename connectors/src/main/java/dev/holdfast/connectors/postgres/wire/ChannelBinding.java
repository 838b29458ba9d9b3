package dev.holdfast.connectors.postgres.wire;

/**
 * Whether the password's proof is tied to the TLS connection (SCRAM-SHA-256-PLUS, {@code tls-server-end-point}), so that nobody
 * in between can pass it on; libpq's {@code channel_binding}.
 */
public enum ChannelBinding {
    /** Never. */
    DISABLE,
    /** Where connection and server can. */
    PREFER,
    /** Always: a server that does not is left before it learns anything. */
    REQUIRE
}
