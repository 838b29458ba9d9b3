package dev.holdfast.connectors.postgres.wire;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a way to the server. */
final class Dial {
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

    static Way open(SocketAddress address, WireSettings settings) throws WireException {
        if (settings.tls().isMandatory()) {
            throw new WireException(Reason.TLS, "TLS is not supported yet");
        }
        Line line = Line.connect(address, new Line.Limit(settings.connectTimeout()));
        return new Way(address, line, new PlainLayer(line), false, null);
    }
}
