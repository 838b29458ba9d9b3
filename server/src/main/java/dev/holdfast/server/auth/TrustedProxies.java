package dev.holdfast.server.auth;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The proxies whose word about the client's address and about TLS is taken.
 *
 * @param networks none: nobody's
 */
public record TrustedProxies(List<Network> networks) {
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    public TrustedProxies {
        networks = List.copyOf(networks);
    }

    /**
     * Addresses that begin with the same bits.
     *
     * @param bits how many
     */
    public record Network(InetAddress base, int bits) {
        private static Optional<Network> parse(String text) {
            String[] halves = text.split("/", 2);
            return address(halves[0]).flatMap(base -> of(base, halves.length == 2 ? halves[1] : null));
        }

        private static Optional<Network> of(InetAddress base, @Nullable String bits) {
            int most = base.getAddress().length * 8;
            if (bits == null) {
                return Optional.of(new Network(base, most));
            }
            return bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= most
                    ? Optional.of(new Network(base, Integer.parseInt(bits)))
                    : Optional.empty();
        }

        boolean contains(InetAddress address) {
            byte[] ours = base.getAddress();
            byte[] theirs = address.getAddress();
            return ours.length == theirs.length && Arrays.equals(masked(ours), masked(theirs));
        }

        private byte[] masked(byte[] address) {
            byte[] masked = new byte[address.length];
            for (int i = 0; i < masked.length; i++) {
                int kept = Math.clamp(bits - 8L * i, 0, 8);
                masked[i] = (byte) (address[i] & (0xff00 >> kept));
            }
            return masked;
        }
    }

    /**
     * Reads addresses and networks like {@code 10.0.0.0/8, ::1}.
     *
     * @throws Invalid (CONFIGURATION_INVALID) if one is neither
     */
    public static TrustedProxies parse(String text) {
        return new TrustedProxies(Stream.of(text.split("[,\\s]+"))
                .filter(part -> !part.isEmpty())
                .map(TrustedProxies::network)
                .toList());
    }

    private static Network network(String text) {
        return Network.parse(text)
                .orElseThrow(() -> new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        "'" + text + "' is neither an address nor a network",
                        "write it like 10.0.0.7, 10.0.0.0/8 or fd00::/8."));
    }

    /** Whether an address, as it is written, is one of theirs. */
    public boolean contain(String address) {
        return address(address)
                .filter(a -> networks.stream().anyMatch(network -> network.contains(a)))
                .isPresent();
    }

    static boolean isAddress(String text) {
        return address(text).isPresent();
    }

    /** An address as it is written; names are never looked up. */
    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
