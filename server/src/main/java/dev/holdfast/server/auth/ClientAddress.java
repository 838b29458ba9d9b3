package dev.holdfast.server.auth;

import java.util.List;
import java.util.stream.Stream;

/** The address of a client behind proxies. */
public final class ClientAddress {
    private ClientAddress() {}

    /**
     * The last address that no trusted proxy has: what stands before it in the header anybody may have written.
     *
     * @param peer who is connected
     * @param forwardedFor the values of the header {@code X-Forwarded-For}
     */
    public static String of(String peer, List<String> forwardedFor, TrustedProxies proxies) {
        List<String> way = Stream.concat(
                        forwardedFor.stream()
                                .flatMap(value -> Stream.of(value.split(",")))
                                .map(String::strip),
                        Stream.of(peer))
                .toList()
                .reversed();
        String client = peer;
        for (String address : way) {
            if (!TrustedProxies.isAddress(address)) {
                return client;
            }
            client = address;
            if (!proxies.contain(address)) {
                return client;
            }
        }
        return client;
    }
}
