package dev.holdfast.connectors.postgres.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The conversation with the server failed; the connection is closed. The message says why and holds no secret. */
public final class WireException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** What kind of failure it is. */
    public enum Reason {
        /** There is no such host, nobody listens, or nobody answered in time. */
        UNREACHABLE,
        /** TLS is wanted and the server has none, or its certificate is not trusted. */
        TLS,
        /** A certificate or key of ours is missing or not usable. */
        FILE,
        /** No password where one is wanted, a method that is not supported, or a server that cannot prove who it is. */
        AUTHENTICATION,
        /** What came is not the protocol, or not what was asked for. */
        PROTOCOL,
        /** The connection broke. */
        LOST,
        /** The server neither sent nor took anything for too long. */
        SILENT,
        /** Given up by us: {@link WireConnection#abort()}, or the thread was interrupted. */
        ABORTED
    }

    WireException(Reason reason, String message) {
        this(reason, message, null);
    }

    WireException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    static WireException protocol(String message) {
        return new WireException(Reason.PROTOCOL, message);
    }
}
