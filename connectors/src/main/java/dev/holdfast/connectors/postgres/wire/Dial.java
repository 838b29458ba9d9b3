package dev.holdfast.connectors.postgres.wire;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a way to the server. */
final class Dial {
    private static final int TLS_REQUEST = 1234 << 16 | 5679;

    private Dial() {}

    /**
     * A way that was found.
     *
     * @param address the one that answered
     * @param endPoint the hash of the server's certificate, where there is one to bind to
     */
    record Way(SocketAddress address, Line line, Layer layer, boolean encrypted, byte @Nullable [] endPoint) {}

    static List<SocketAddress> addresses(WireSettings settings) throws WireException {
        if (settings.socketFolder() != null) {
            return List.of(UnixDomainSocketAddress.of(settings.socketFile(settings.socketFolder())));
        }
        if (settings.address() != null) {
            return List.of(settings.address());
        }
        try {
            List<SocketAddress> addresses = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(settings.host())) {
                addresses.add(new InetSocketAddress(address, settings.port()));
            }
            return addresses;
        } catch (UnknownHostException e) {
            throw new WireException(Reason.UNREACHABLE, "there is no host '" + settings.host() + "'", e);
        }
    }

    /** How much TLS one attempt asks for. */
    enum Protection {
        NONE,
        IF_OFFERED,
        ALWAYS
    }

    /** The first thing to try; over a Unix socket libpq knows no TLS either. */
    static Protection first(WireSettings settings) {
        if (settings.socketFolder() != null) {
            return Protection.NONE;
        }
        return switch (settings.tls()) {
            case DISABLE, ALLOW -> Protection.NONE;
            case PREFER -> Protection.IF_OFFERED;
            case REQUIRE, VERIFY_CA, VERIFY_FULL -> Protection.ALWAYS;
        };
    }

    /**
     * Connects and, where asked, secures the connection.
     *
     * @throws WireException with the reason {@code UNREACHABLE} if nobody is there, {@code TLS} if there is no TLS
     */
    static Way open(SocketAddress address, WireSettings settings, Protection protection) throws WireException {
        Line line = Line.connect(address, new Line.Limit(settings.connectTimeout()), settings.keepAlive());
        boolean open = false;
        try {
            Way way = protection == Protection.NONE || !(settings.directTls() || offered(line, protection))
                    ? new Way(address, line, new PlainLayer(line), false, null)
                    : secured(address, line, settings);
            open = true;
            return way;
        } finally {
            if (!open) {
                line.abort();
            }
        }
    }

    private static boolean offered(Line line, Protection protection) throws WireException {
        ByteBuffer request = Outgoing.untyped().int32(TLS_REQUEST).done();
        while (request.hasRemaining()) {
            line.write(request);
        }
        ByteBuffer answer = ByteBuffer.allocate(64);
        for (int count = line.read(answer); count <= 0; count = line.read(answer)) {
            if (count < 0) {
                throw new WireException(Reason.TLS, "the server closed the connection when it was asked for TLS");
            }
            line.await(SelectionKey.OP_READ);
        }
        return understood((char) answer.flip().get(), answer.hasRemaining(), protection);
    }

    private static boolean understood(char answer, boolean more, Protection protection) throws WireException {
        if (more) { // nobody vouches for what was said before TLS began
            throw new WireException(Reason.TLS, "the server sent unprotected data after its answer about TLS");
        }
        return switch (answer) {
            case 'S' -> true;
            case 'N' -> {
                if (protection == Protection.ALWAYS) {
                    throw new WireException(Reason.TLS, "the server does not support TLS");
                }
                yield false;
            }
            case 'E' -> throw new WireException(Reason.TLS, "the server answered the request for TLS with an error");
            default -> throw WireException.protocol("the server answered the request for TLS with something else");
        };
    }

    private static Way secured(SocketAddress address, Line line, WireSettings settings) throws WireException {
        TlsLayer layer = TlsLayer.begin(line, new Tls(settings).engine());
        if (settings.directTls() && !layer.applicationProtocol().equals(Tls.APPLICATION_PROTOCOL)) {
            throw new WireException(Reason.TLS, "the server does not agree to PostgreSQL's protocol within TLS");
        }
        return new Way(address, line, layer, true, Tls.endPoint(layer.serverCertificate()));
    }
}
