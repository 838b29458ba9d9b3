package dev.holdfast.control.notify;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;

/**
 * Which addresses channels may be at. Who may write the settings of a channel could otherwise make the server call what only the
 * server can reach. It is asked about the very address that is then connected to.
 */
public enum Reach {
    /** All of them. */
    ANYWHERE,
    /** All but link-local ones and those where clouds answer with credentials of the machine. */
    NO_METADATA,
    /** Only those of the public internet: not this machine, not private networks. */
    PUBLIC;

    /** Where clouds answer although the address is not link-local: Alibaba, Azure, AWS over IPv6. */
    private static final Set<String> METADATA = Set.of("100.100.100.200", "168.63.129.16", "fd00:ec2:0:0:0:0:0:254");

    /** Whether a channel may be at an address. */
    boolean allows(InetAddress given) {
        InetAddress address = plain(given);
        return switch (this) {
            case ANYWHERE -> true;
            case NO_METADATA -> !isMetadata(address);
            case PUBLIC -> !isMetadata(address) && isPublic(address);
        };
    }

    private static boolean isMetadata(InetAddress address) {
        return address.isLinkLocalAddress() || METADATA.contains(address.getHostAddress());
    }

    private static boolean isPublic(InetAddress address) {
        return !address.isAnyLocalAddress()
                && !address.isLoopbackAddress()
                && !address.isSiteLocalAddress()
                && !address.isMulticastAddress()
                && (address instanceof Inet4Address
                        ? isPublic4(address.getAddress())
                        : isPublic6(address.getAddress()));
    }

    /** Not this network (0/8), carriers' (100.64/10), protocols' (192.0.0/24), tests' (198.18/15), reserved (240/4). */
    private static boolean isPublic4(byte[] a) {
        int first = a[0] & 0xff;
        int second = a[1] & 0xff;
        return first != 0
                && first < 240
                && !(first == 100 && second >= 64 && second < 128)
                && !(first == 192 && second == 0 && a[2] == 0)
                && !(first == 198 && (second == 18 || second == 19));
    }

    /** Not unique-local (fc00::/7) and not a way to IPv4 that would go round these rules (64:ff9b::/16, 2002::/16, ::/96). */
    private static boolean isPublic6(byte[] a) {
        boolean translated = a[0] == 0 && a[1] == 0x64 && a[2] == (byte) 0xff && a[3] == (byte) 0x9b;
        boolean sixToFour = a[0] == 0x20 && a[1] == 0x02;
        boolean compatible = startsWithZeros(a, 12);
        return (a[0] & 0xfe) != 0xfc && !translated && !sixToFour && !compatible;
    }

    /** Without the scope, and as IPv4 if it is one in the form of IPv6. */
    private static InetAddress plain(InetAddress address) {
        try {
            byte[] bytes = address.getAddress();
            boolean mapped =
                    address instanceof Inet6Address && startsWithZeros(bytes, 10) && bytes[10] == -1 && bytes[11] == -1;
            return InetAddress.getByAddress(mapped ? Arrays.copyOfRange(bytes, 12, 16) : bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of impossible length", e);
        }
    }

    private static boolean startsWithZeros(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
