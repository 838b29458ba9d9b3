package dev.holdfast.control.notify;

import java.net.UnknownHostException;

/** A host is at an address where channels may not be. */
final class OutOfReach extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    OutOfReach(String host, Reach reach) {
        super("'" + host + "' is at an address where channels may not be ("
                + (reach == Reach.PUBLIC
                        ? "only public addresses are allowed"
                        : "link-local and metadata addresses are not allowed")
                + ")");
    }
}
